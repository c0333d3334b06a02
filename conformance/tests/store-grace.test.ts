import type { Jar } from '@coatcheck/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refreshes } from '../evidence/tokens.ts';
import { type Rig, startRig } from '../rig.ts';

/** Seconds for which the operator lets cached sessions go on. */
const grace = 4;

let rig: Rig;
beforeEach(async () => {
  rig = await startRig({
    storeCanFail: true,
    as: { signingAlgorithm: 'ES256' },
    config: { store: { outageGrace: `${grace}s` } },
  });
});
afterEach(() => rig.close());

/** What calls are answered until the time has come, by the monotonic clock. */
async function callUntil(jar: Jar, time: number): Promise<number[]> {
  const statuses = new Set<number>();
  while (performance.now() < time) statuses.add((await rig.call(jar)).status);
  return [...statuses];
}

const untilServed = (jar: Jar) =>
  expect.poll(async () => (await rig.call(jar)).status, { timeout: 5_000 }).toBe(200);

for (const fault of ['cut', 'pause'] as const) {
  test(`cached sessions go on for the configured time after the store is gone (${fault}), and no longer`, async () => {
    const [used, other] = [await rig.signedIn(), await rig.signedIn({ user: { sub: 'other' } })];
    for (const jar of [used, other]) expect((await rig.call(jar)).status).toBe(200);
    rig.bff.store.faults[fault]();
    const goneAt = performance.now();
    expect(await rig.session(other)).toMatchObject({ authenticated: true, user: { sub: 'other' } });
    // A call waits for the store for up to a second before it takes what it has.
    expect(await callUntil(used, goneAt + (grace - 1.5) * 1_000)).toEqual([200]);
    await expect.poll(async () => (await rig.call(used.clone())).status, { timeout: 4_000 }).toBe(503);
    const since = performance.now() - goneAt;
    expect(since).toBeGreaterThan((grace - 1.5) * 1_000);
    expect(since).toBeLessThan((grace + 2.5) * 1_000);
    rig.bff.store.faults.mend();
    for (const jar of [used, other]) await untilServed(jar);
  });
}

test('a session that is not cached is refused for now, as is every sign-in and sign-out', async () => {
  const [cached, cold] = [await rig.signedIn(), await rig.signedIn()];
  await rig.bff.restart();
  expect((await rig.call(cached)).status).toBe(200);
  rig.bff.store.faults.cut();
  await expect.poll(async () => (await rig.call(cold.clone())).status, { timeout: 3_000 }).toBe(503);
  const refused = await cold.fetch(rig.bff.paths.session);
  expect([refused.status, refused.headers.get('coatcheck-problem')]).toEqual([503, 'store_unavailable']);
  expect(refused.setCookies).toEqual([]);
  const starting = rig.jar();
  expect((await rig.finish(starting, await rig.begin(starting))).status).toBe(503);
  const copy = cached.clone();
  expect((await cached.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(503);
  rig.bff.store.faults.mend();
  for (const jar of [cold, copy]) await untilServed(jar);
});

test('the token at hand is used while it lives, and no refresh is begun that could not be stored', async () => {
  const jar = await rig.signedIn();
  expect((await rig.call(jar)).status).toBe(200);
  await rig.advance(280); // due, not dead
  rig.as.clearRecords();
  rig.bff.store.faults.cut();
  for (let times = 0; times < 3; times += 1) expect((await rig.call(jar)).status).toBe(200);
  await rig.advance(21);
  const dead = await rig.call(jar);
  expect(dead.status).toBe(503);
  expect(Number(dead.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(refreshes(rig.as)).toEqual([]);
  rig.bff.store.faults.mend();
  await untilServed(jar);
  expect(refreshes(rig.as)).toHaveLength(1);
});

test('a session whose idle time is over is not carried on', async () => {
  const jar = await rig.signedIn();
  expect((await rig.call(jar)).status).toBe(200);
  rig.bff.store.faults.cut();
  await rig.advance(30 * 60 + 1);
  expect((await rig.call(jar.clone())).status).toBe(503);
  rig.bff.store.faults.mend();
  await expect.poll(async () => (await rig.call(jar.clone())).status, { timeout: 5_000 }).toBe(401);
  expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'idle' });
});
