import { randomBytes } from 'node:crypto';
import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64url'));

let rig: Rig;
/** Browsers from the time of the old key. */
let holder: Jar;
let replaced: Jar;
let managed: Jar;
let early: { jar: Jar; callback: string };
let late: { jar: Jar; callback: string };
/** The holder's ticket under the old key. */
let oldTicket: string;

beforeAll(async () => {
  rig = await startRig({ keys: [oldKey ?? ''] });
  holder = await rig.signedIn();
  replaced = await rig.signedIn();
  managed = await rig.signedIn({ user: { sub: 'managed' } });
  [early, late] = [await begun(), await begun()];
  oldTicket = ticketOf(holder);
  await rig.bff.restart({ keys: [newKey ?? '', oldKey ?? ''] });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

async function begun() {
  const jar = rig.jar();
  return { jar, callback: await rig.begin(jar) };
}

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

describe('while the old key still opens', () => {
  requirement(
    ['BFF-SESS-09', 'BFF-COOK-05'],
    'an old ticket is good, and is sealed anew, each time otherwise',
    async () => {
      expect((await rig.call(holder)).status).toBe(200);
      const copies = [bearing(oldTicket), bearing(oldTicket), holder];
      for (const copy of copies) expect(await rig.session(copy)).toMatchObject({ authenticated: true });
      expect(new Set([oldTicket, ...copies.map(ticketOf)]).size).toBe(4);
      const extending = bearing(oldTicket);
      await extending.fetch(rig.bff.paths.extend, { method: 'POST' });
      expect(ticketOf(extending)).not.toBe(oldTicket);
    },
  );

  requirement('BFF-SESS-09', 'a sign-in under way is finished', async () => {
    expect((await rig.finish(early.jar, early.callback)).status).toBe(303);
    expect(await rig.session(early.jar)).toMatchObject({ authenticated: true });
  });

  requirement('BFF-SESS-09', 'the others are used as before', async () => {
    await rig.advance(120); // so that the use is one that is written
    for (const jar of [replaced, managed]) {
      expect((await rig.call(jar)).status).toBe(200);
      expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    }
  });
});

describe('when the old key is gone', () => {
  beforeAll(() => rig.bff.restart({ keys: [newKey ?? ''] }));

  requirement(
    ['BFF-SESS-08', 'BFF-SESS-09'],
    'what it sealed opens nothing, and what was sealed anew does',
    async () => {
      expect((await rig.call(holder)).status).toBe(200);
      expect((await rig.call(bearing(oldTicket))).status).toBe(401);
      expect(await rig.session(bearing(oldTicket))).toMatchObject({ authenticated: false });
    },
  );

  requirement('BFF-SESS-09', 'a sign-in under way fails cleanly', async () => {
    expect((await rig.finish(late.jar, late.callback)).status).toBe(400);
    expect(rig.as.hits('token')).toBe(0);
  });

  requirement(['BFF-SESS-09', 'BFF-SESS-01'], 'a sign-in still ends the session before it', async () => {
    const before = replaced.clone();
    await rig.signIn(replaced, { user: { sub: 'somebody-else' } });
    expect((await rig.call(before)).status).toBe(401);
  });

  requirement(
    ['BFF-SESS-09', 'BFF-SESS-11'],
    'the administration still finds the sessions of a subject',
    async () => {
      await rig.bff.endSubject(rig.as.issuer, 'managed');
      expect((await rig.call(managed)).status).toBe(401);
    },
  );
});
