import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type EventReader, readEvents } from '../endings/event-reader.ts';
import { logOutByProvider, newestSid } from '../endings/logout-token.ts';
import { inTime } from '../endings/standing.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances on one store: the stream is at the first, what happens is at the second. */
let rig: Rig;
const open = new Set<EventReader>();
beforeAll(async () => {
  rig = await startRig({ instances: 2, as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  for (const reader of open) reader.close();
  open.clear();
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

async function listen(jar: Jar, headers: Record<string, string> = {}): Promise<EventReader> {
  rig.bff.pin(0);
  const reader = await readEvents(jar.clone(), rig.bff.paths.events, headers);
  open.add(reader);
  await expect.poll(() => reader.events.map(({ name }) => name)).toEqual(['session']);
  rig.bff.pin(1);
  return reader;
}

/** @param made what ends the session, through the other instance */
async function expectTold(reader: EventReader, name: string, reason: string, made: () => Promise<unknown>) {
  await made();
  const endedAt = performance.now();
  await inTime(reader.ended, `the stream is told of ${reason}`);
  const last = reader.events.at(-1);
  expect(last).toMatchObject({ name, data: { type: name, reason } });
  expect((last?.at ?? 0) - endedAt).toBeLessThan(1_000);
  expect((reader.endedAt ?? 0) - endedAt).toBeLessThan(1_000);
}

const { sub } = { sub: 'listener' };
const signedIn = () => rig.signedIn({ user: { sub } });

/** Every ending that comes from elsewhere, and what the browser is told. */
const endings: Record<
  string,
  { name?: string; reason: string; make(jar: Jar, sid: string): Promise<unknown> }
> = {
  'a sign-out': {
    reason: 'signed-out',
    make: (jar) => jar.clone().fetch(rig.bff.paths.logout, { method: 'POST' }),
  },
  'a sign-out everywhere, from another browser': {
    reason: 'signed-out',
    make: async () =>
      (await signedIn()).fetch(rig.bff.paths.logout, { method: 'POST', json: { everywhere: true } }),
  },
  'a logout token with sid': { reason: 'provider-logout', make: (_, sid) => logOutByProvider(rig, { sid }) },
  'a logout token with sub': { reason: 'provider-logout', make: () => logOutByProvider(rig, { sub }) },
  'a front-channel logout': {
    reason: 'provider-logout',
    make: (_, sid) =>
      rig
        .jar()
        .navigate(`${rig.bff.paths.frontchannelLogout}?${new URLSearchParams({ iss: rig.as.issuer, sid })}`),
  },
  'another browser of the person': {
    reason: 'revoked',
    make: async () => (await signedIn()).fetch(`${rig.bff.paths.sessions}?others=1`, { method: 'DELETE' }),
  },
  'a newer sign-in in the same browser': {
    name: 'replaced',
    reason: 'replaced',
    make: (jar) => rig.signIn(jar, { user: { sub: 'next-listener' } }),
  },
  'a refused refresh': {
    reason: 'refused',
    make: async (jar) => {
      rig.as.revokeGrants(sub);
      await rig.advance(301);
      expect((await rig.call(jar.clone())).status).toBe(401);
    },
  },
};

for (const [ending, { name = 'ended', reason, make }] of Object.entries(endings)) {
  requirement(
    'BFF-LOGOUT-06',
    `${ending} at another instance reaches the app within a second, as ${reason}`,
    async () => {
      const jar = await signedIn();
      const sid = newestSid(rig.as);
      const reader = await listen(jar);
      await expectTold(reader, name, reason, () => make(jar, sid));
    },
  );
}

requirement('BFF-SESS-11', 'the administration’s word reaches the app within a second', async () => {
  // The administration is the first instance's, so the stream is at the second.
  const jar = await rig.signedIn({ user: { sub: 'administered' } });
  rig.bff.pin(1);
  const reader = await readEvents(jar, rig.bff.paths.events);
  open.add(reader);
  await expectTold(reader, 'ended', 'revoked', () => rig.bff.endSubject(rig.as.issuer, 'administered'));
});

requirement(
  'BFF-LOGOUT-06',
  'also after another instance has refreshed the tokens, and after it was used there',
  async () => {
    const jar = await signedIn();
    const reader = await listen(jar);
    for (let round = 0; round < 2; round += 1) {
      await rig.advance(301);
      expect((await rig.call(jar)).status).toBe(200);
    }
    // The change is told to all within the same second as an ending would be.
    rig.bff.pin(0);
    await expect.poll(() => rig.session(jar)).toMatchObject({ accessTokenExpiresIn: 299 });
    rig.bff.pin(1);
    await rig.advance(301);
    expect((await rig.call(jar)).status).toBe(200);
    await expectTold(reader, 'ended', 'signed-out', () =>
      jar.fetch(rig.bff.paths.logout, { method: 'POST' }),
    );
  },
);

requirement('BFF-SESS-06', 'the stream tells how things stand, and no credential', async () => {
  const jar = await signedIn();
  const reader = await listen(jar, { 'last-event-id': '41' });
  const [first] = reader.events;
  expect(reader.stream.headers.get('content-type')).toBe('text/event-stream');
  expect(reader.stream.headers.get('cache-control')).toBe('no-store');
  expect(first).toMatchObject({ name: 'session', id: '42', data: { session: { authenticated: true } } });
  expect(Object.keys(first?.data.session ?? {}).sort()).toEqual(Object.keys(await rig.session(jar)).sort());
  expect(reader.text).toMatch(/^retry: \d+$/m);
  rig.bff.pin(0);
  await jar.fetch(rig.bff.paths.extend, { method: 'POST' });
  await expect.poll(() => reader.events.at(-1)?.name).toBe('extended');
  expect(reader.text).not.toMatch(/canary|eyJ/);
});

requirement(
  ['BFF-SESS-03', 'BFF-CSRF-01'],
  'it is guarded, and no EventSource of nobody goes on',
  async () => {
    const jar = await signedIn();
    for (const site of ['cross-site', 'same-site', 'none'] as const) {
      const answer = await jar.fetch(rig.bff.paths.events, {
        site,
        headers: { accept: 'text/event-stream' },
      });
      expect(answer.status).toBe(403);
    }
    const nobody = await rig.jar().fetch(rig.bff.paths.events, { headers: { accept: 'text/event-stream' } });
    expect(nobody.status).toBe(204);
    await logOutByProvider(rig, { sub });
    await expect
      .poll(async () => {
        const again = await jar.clone().stream(rig.bff.paths.events);
        again.close();
        return again.status;
      })
      .toBe(204);
  },
);
