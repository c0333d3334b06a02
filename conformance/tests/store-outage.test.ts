import { createEventStream, type Jar, type JarResponse } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { readEvents } from '../endings/event-reader.ts';
import { postLogoutToken } from '../endings/logout-token.ts';
import { inTime } from '../endings/standing.ts';
import { refreshes } from '../evidence/tokens.ts';
import { type Rig, startRig } from '../rig.ts';

/** Longest that a cache may be believed without the store. Milliseconds. */
const believed = 1_000;

let rig: Rig;
let signedIn: Jar;
beforeAll(async () => {
  rig = await startRig({ storeCanFail: true, as: { signingAlgorithm: 'ES256' } });
  signedIn = await rig.signedIn();
});
afterEach(async () => {
  rig.bff.store.faults.mend();
  rig.reset();
  await untilServed(signedIn);
});
afterAll(() => rig.close());

/** The answer that keeps everybody signed in and says when to try again. */
async function expectUnavailable(answer: JarResponse, what: string): Promise<void> {
  expect(answer.status, what).toBe(503);
  expect(answer.headers.get('coatcheck-problem'), what).toBe('store_unavailable');
  expect(Number(answer.headers.get('retry-after')), what).toBeGreaterThan(0);
  expect(answer.headers.get('cache-control'), what).toBe('no-store');
  expect(answer.setCookies, what).toEqual([]);
  expect(await answer.text(), what).not.toMatch(/127\.0\.0\.1|redis|postgres/i);
}

/** Until what was cached counts no more. */
async function untilRefused(jar: Jar): Promise<void> {
  const since = performance.now();
  while ((await rig.call(jar.clone())).status === 200)
    expect(performance.now() - since, 'a cached session is used for too long').toBeLessThan(believed + 500);
}

/** Nobody signs in again, and nobody restarts anything. */
async function untilServed(jar: Jar): Promise<void> {
  await expect.poll(async () => (await rig.call(jar)).status, { timeout: 5_000 }).toBe(200);
}

async function probes(): Promise<number[]> {
  const answers = ['livez', 'readyz'].map((name) => fetch(`${rig.bff.managementUrl}/${name}`));
  return (await Promise.all(answers)).map(({ status }) => status);
}

const outages = {
  'is cut off': () => rig.bff.store.faults.cut(),
  'stands still': () => rig.bff.store.faults.pause(),
};

for (const [how, arrange] of Object.entries(outages)) {
  describe(`while the store ${how}`, () => {
    test('every call is refused for now, and nobody is signed out', async () => {
      const { paths } = rig.bff;
      const [leaving, starting] = [await rig.signedIn(), rig.jar()];
      const callback = await rig.begin(starting);
      arrange();
      await untilRefused(signedIn);
      const hits = rig.upstream.hits();
      const post = { method: 'POST' };
      const asked = {
        call: rig.call(signedIn),
        session: signedIn.fetch(paths.session),
        extend: signedIn.fetch(paths.extend, post),
        sessions: signedIn.fetch(paths.sessions),
        'ending others': signedIn.fetch(`${paths.sessions}?others=1`, { method: 'DELETE' }),
        events: signedIn.fetch(paths.events, { headers: { accept: 'text/event-stream' } }),
        'sign-out': leaving.fetch(paths.logout, post),
      };
      for (const [what, answer] of Object.entries(asked)) await expectUnavailable(await answer, what);
      const page = await starting.navigate(callback, { site: 'cross-site' });
      expect([page.status, page.headers.get('coatcheck-problem')]).toEqual([503, 'store_unavailable']);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(starting.cookie(rig.bff.cookies.ticket)).toBeUndefined();
      expect(rig.upstream.hits()).toBe(hits);
      // Who has no ticket needs no store to be told so.
      expect((await rig.call(rig.jar())).status).toBe(401);
      expect(await rig.session(rig.jar())).toEqual({ authenticated: false, reason: 'none' });

      rig.bff.store.faults.mend();
      await untilServed(signedIn);
      await untilServed(leaving);
      expect((await leaving.fetch(paths.logout, post)).status).toBe(200);
      await rig.signIn(starting);
    });

    test('answers come soon, and the probes say whose fault it is', async () => {
      arrange();
      await untilRefused(signedIn);
      for (let times = 0; times < 3; times += 1) {
        const since = performance.now();
        await expectUnavailable(await rig.call(signedIn.clone()), 'a call');
        expect(performance.now() - since).toBeLessThan(2_500);
      }
      expect(await probes()).toEqual([200, 503]);
      rig.bff.store.faults.mend();
      await expect.poll(probes, { timeout: 5_000 }).toEqual([200, 200]);
      expect(rig.bff.log()).toMatch(/store_unavailable/);
    });

    test('a logout token is refused for now, and counts when it is sent again', async () => {
      const jar = await rig.signedIn({ user: { sub: `token-${how}` } });
      const token = await rig.as.signLogoutToken({ sub: `token-${how}` });
      arrange();
      await expectUnavailable(await postLogoutToken(rig, token), 'the logout token');
      rig.bff.store.faults.mend();
      await expect
        .poll(async () => (await postLogoutToken(rig, token)).status, { timeout: 5_000, interval: 250 })
        .toBe(200);
      await expect.poll(() => rig.session(jar.clone())).toMatchObject({ reason: 'provider-logout' });
    });

    test('a front-channel logout does not say that it has ended anything', async () => {
      const jar = await rig.signedIn();
      const query = new URLSearchParams({ iss: rig.as.issuer, sid: 'any' });
      arrange();
      await untilRefused(jar);
      const page = await rig.jar().navigate(`${rig.bff.paths.frontchannelLogout}?${query}`, {
        site: 'cross-site',
        headers: { 'sec-fetch-dest': 'iframe' },
      });
      expect(page.status).toBe(503);
    });

    test('a token that ran out is renewed once, when the store is back', async () => {
      const jar = await rig.signedIn();
      await rig.advance(301);
      rig.as.clearRecords();
      arrange();
      for (let times = 0; times < 3; times += 1)
        await expectUnavailable(await rig.call(jar.clone()), 'expired');
      expect(refreshes(rig.as)).toEqual([]);
      rig.bff.store.faults.mend();
      await untilServed(jar);
      expect(refreshes(rig.as)).toHaveLength(1);
    });

    test('streams stay open, and hear of an ending that comes after it', async () => {
      const jar = await rig.signedIn();
      const events = createEventStream();
      rig.upstream.on('/api/stream', 'once', events.handler);
      const [own, forwarded] = [
        await readEvents(jar.clone(), rig.bff.paths.events),
        await readEvents(jar.clone(), '/api/stream'),
      ];
      arrange();
      await untilRefused(jar);
      rig.bff.store.faults.mend();
      await untilServed(jar);
      expect([own.endedAt, forwarded.endedAt]).toEqual([undefined, undefined]);
      await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
      await inTime(Promise.all([own.ended, forwarded.ended]), 'both streams end');
      expect(own.events.at(-1)).toMatchObject({ name: 'ended', data: { reason: 'signed-out' } });
    });
  });
}

test('a store that takes no writes serves who is signed in, and lets nobody in or out by halves', async () => {
  const [jar, leaving] = [await rig.signedIn(), await rig.signedIn()];
  const allow = await rig.bff.store.faults.refuseWrites();
  try {
    await rig.advance(120); // so that the use is one that is written
    for (let times = 0; times < 3; times += 1) expect((await rig.call(jar)).status).toBe(200);
    const starting = rig.jar();
    const page = await rig.finish(starting, await rig.begin(starting));
    expect([page.status, page.headers.get('coatcheck-problem')]).toEqual([503, 'store_unavailable']);
    expect(starting.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    const copy = leaving.clone();
    const answer = await leaving.fetch(rig.bff.paths.logout, { method: 'POST' });
    // Where there is room for the end of a session, it is over; else the person is told that it is not.
    if (answer.status === 200) expect((await rig.call(copy)).status).toBe(401);
    else {
      await expectUnavailable(answer, 'sign-out');
      expect((await rig.call(copy)).status).toBe(200);
    }
    expect((await probes())[0]).toBe(200);
  } finally {
    await allow();
  }
  await untilServed(jar);
  await rig.signIn(rig.jar());
});

test('a password that was changed is told to the log, not to browsers, and can be changed back', async () => {
  const jar = await rig.signedIn();
  const undo = await rig.bff.store.faults.changePassword();
  rig.bff.store.faults.cut();
  await untilRefused(jar);
  const logged = rig.bff.log().length;
  rig.bff.store.faults.mend();
  const tellsOfPassword = async () => {
    await expectUnavailable(await rig.call(jar.clone()), 'a call');
    return rig.bff.log().slice(logged);
  };
  await expect.poll(tellsOfPassword, { timeout: 3_000 }).toMatch(/password/i);
  expect(await probes()).toEqual([200, 503]);
  expect(rig.bff.log()).not.toMatch(/another-secret|its-secret/);
  await undo();
  await untilServed(jar);
});
