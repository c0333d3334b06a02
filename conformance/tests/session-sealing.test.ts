import { randomBytes } from 'node:crypto';
import type { Jar, JarResponse } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

function ticketOf(jar: Jar): string {
  const ticket = jar.cookie(rig.bff.cookies.ticket);
  if (ticket === undefined) throw new Error('no ticket');
  return ticket;
}

function bearing(ticket: string): Jar {
  const jar = rig.jar();
  jar.setCookie(rig.bff.cookies.ticket, ticket);
  return jar;
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Every spelling of a sealed value that differs in one character, by a bit that counts. */
function flipped(sealed: string): string[] {
  const plain = decodeURIComponent(sealed);
  return [...plain].map((character, at) => {
    const index = alphabet.indexOf(character);
    const other = index < 0 ? 'A' : (alphabet[index ^ 32] ?? 'A');
    return encodeURIComponent(`${plain.slice(0, at)}${other}${plain.slice(at + 1)}`);
  });
}

/** An answer without what is new each time. */
async function essence(answer: JarResponse): Promise<string> {
  const headers = [...answer.headers].filter(([name]) => name !== 'date' && !name.startsWith('ratelimit-'));
  const body = (await answer.text()).replace(/"requestId":"[^"]*"/, '');
  return JSON.stringify([answer.status, headers, body]);
}

advisory(
  65,
  'BFF-SESS-08',
  'every tampered ticket is refused in the same way, and never opens a session',
  async () => {
    const jar = await rig.signedIn();
    const ticket = ticketOf(jar);
    const plain = decodeURIComponent(ticket);
    const spoilt = [
      ...flipped(ticket),
      ...Array.from({ length: plain.length - 1 }, (_, length) =>
        encodeURIComponent(plain.slice(0, length + 1)),
      ),
      encodeURIComponent(`A${plain}`),
      ...['"', '-', '!', '=', ' '].flatMap((stray) =>
        [`${stray}${plain}`, `${plain}${stray}`].map(encodeURIComponent),
      ),
      encodeURIComponent([...plain].reverse().join('')),
      encodeURIComponent(plain.split(';').reverse().join(';')),
      'x',
      '%',
      '%E0%A4%A',
      '""',
      'null',
      '{}',
      'eyJhbGciOiJub25lIn0.e30.',
      randomBytes(150).toString('base64url'),
    ];
    const apiAnswers = new Set<string>();
    const views = new Set<string>();
    for (let at = 0; at < spoilt.length; at += 16) {
      await Promise.all(
        spoilt.slice(at, at + 16).map(async (value) => {
          apiAnswers.add(await essence(await rig.call(bearing(value))));
          views.add(await essence(await bearing(value).fetch(rig.bff.paths.session)));
        }),
      );
    }
    expect([...apiAnswers].slice(1)).toEqual([]);
    expect([...apiAnswers][0]).toMatch(/^\[401,/);
    expect([...views].slice(1)).toEqual([]);
    expect([...views][0]).toMatch(/^\[200,.*authenticated\\":false/);
    expect(rig.upstream.hits()).toBe(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-SESS-08', 'a ticket with something behind it is nobody or its own person', async () => {
  // The decoder stops where the value ends, so this is no change of the value.
  const jar = await rig.signedIn({ user: { sub: 'own' } });
  const ticket = ticketOf(jar);
  const foreign = ticketOf(await rig.signedIn({ user: { sub: 'mallory' } }));
  for (const tail of ['A', '=', '%3Bx', `%3B${foreign}`, ` ${foreign}`]) {
    const view = await rig.session(bearing(`${ticket}${tail}`));
    expect(JSON.stringify(view)).not.toContain('mallory');
  }
});

requirement('BFF-SESS-08', 'a ticket of 100 KB is refused, and the server lives on', async () => {
  const answer = await rig.call(bearing('A'.repeat(100_000)));
  expect([400, 401, 431]).toContain(answer.status);
  expect(rig.upstream.hits()).toBe(0);
  await rig.signedIn();
});

advisory(
  68,
  ['BFF-SESS-08', 'BFF-COOK-05'],
  'what was sealed for one purpose opens nothing else',
  async () => {
    const jar = rig.jar();
    const callback = await rig.begin(jar);
    const transactions = [...jar.cookies.values()];
    await rig.finish(jar, callback);
    const { redirectTo }: { redirectTo?: unknown } = Object(
      await (await jar.clone().fetch(rig.bff.paths.logout, { method: 'POST', json: {} })).json(),
    );
    expect(redirectTo).toEqual(expect.stringContaining('state='));
    const live = await rig.signedIn();
    const sealed = [...transactions, ...live.cookies.values()];
    for (const { name, value } of sealed) {
      if (name === rig.bff.cookies.ticket) continue;
      expect(await rig.session(bearing(value)), name).toMatchObject({ authenticated: false });
      expect((await rig.call(bearing(value))).status, name).toBe(401);
    }
    // And the other way round: a ticket is no transaction.
    const other = rig.jar();
    const url = await rig.begin(other);
    for (const { name } of other.cookies.values()) other.setCookie(name, ticketOf(live));
    expect((await rig.finish(other, url)).status).toBe(400);
  },
);
