import { type Endpoint, faults, type Jar, startUpstream, type Upstream } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { residentMiB } from '../evidence/process-memory.ts';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const day = 25 * 3_600;
const timeout = 1_000;
let rig: Rig;
/** A host of somebody else. */
let elsewhere: Upstream;
beforeAll(async () => {
  elsewhere = await startUpstream();
  rig = await startRig({
    as: { signingAlgorithm: 'ES256', par: 'offered', accessTokenLifetime: 1_000_000 },
    provider: { config: { requestTimeout: `${timeout}ms`, userInfo: true } },
    idleTimeout: 1_000_000,
    absoluteTimeout: 1_000_000,
  });
});
afterEach(() => rig.reset());
afterAll(async () => {
  await rig.close();
  await elsewhere.close();
});

/** Endpoints that a sign-in asks, once what was loaded before is too old. */
const asked: Endpoint[] = ['discovery', 'par', 'token', 'jwks', 'userinfo'];

/** A sign-in that may fail where and how it likes, but soon. */
async function trySignIn(): Promise<Jar> {
  const jar = rig.jar();
  const start = performance.now();
  const started = await jar.navigate(rig.bff.paths.login, { site: 'same-origin' });
  if (started.location !== undefined) await rig.finish(jar, await rig.as.authorize(started.location));
  expect(performance.now() - start).toBeLessThan(5 * timeout);
  return jar;
}

/** Whether the endpoint was asked; the pause after a failure may still have to pass. */
async function askOnceMore(endpoint: Endpoint): Promise<number> {
  await rig.advance(60);
  await trySignIn();
  return rig.as.hits(endpoint);
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The 95th percentile of calls to the API, one after the other. Milliseconds. */
async function slowestCalls(jar: Jar, count: number): Promise<number> {
  const times: number[] = [];
  while (times.length < count) {
    const time = await milliseconds(async () => expect((await rig.call(jar)).status).toBe(200));
    times.push(time);
  }
  return times.sort((a, b) => a - b)[Math.floor(count * 0.95)] ?? 0;
}

for (const endpoint of asked) {
  requirement(
    'BFF-IDP-01',
    `while ${endpoint} hangs, whoever waits for it gives up, and nobody else waits`,
    async () => {
      const bystander = await rig.signedIn({ user: { sub: 'bystander' } });
      const before = await slowestCalls(bystander, 50);
      await rig.advance(day);
      const held = rig.as.hold(endpoint);
      const waiting = Array.from({ length: 20 }, () => milliseconds(trySignIn));
      await held.arrived;
      expect(await slowestCalls(bystander, 100)).toBeLessThan(Math.max(10 * before, timeout / 4));
      for (const time of await Promise.all(waiting)) expect(time).toBeLessThan(5 * timeout);
      held.release();
      rig.reset();
      await rig.advance(60);
      await rig.signedIn();
    },
  );
}

for (const endpoint of asked) {
  requirement('BFF-IDP-04', `what ${endpoint} sends is bounded in time and memory`, async () => {
    const [pid] = rig.bff.pids;
    await rig.signedIn();
    const before = residentMiB(pid);
    for (const fault of [
      faults.hugeJson(100_000_000),
      faults.gzipBomb(300_000_000),
      faults.drip(50, { endless: true }),
    ]) {
      await rig.advance(day);
      const stop = rig.as.on(endpoint, 'always', fault);
      rig.as.clearRecords();
      await expect.poll(() => askOnceMore(endpoint)).toBeGreaterThan(0);
      stop();
    }
    expect(residentMiB(pid) - before).toBeLessThan(80);
    expect(rig.bff.pids[0]).toBe(pid);
    await rig.advance(60);
    await rig.signedIn();
  });
}

requirement('BFF-IDP-04', 'a key set of thousands of keys takes no long time', async () => {
  const { publicJwk } = await rig.as.keys.current('ES256');
  const many = (key: Record<string, unknown>) =>
    Array.from({ length: 20_000 }, (_, at) => ({ ...key, kid: `${at}` }));
  for (const keys of [many({ ...publicJwk }), many({ kty: 'oct' }), many({ kty: 'EC' })]) {
    await rig.advance(day);
    rig.as.change('jwks', 'once', () => ({ keys }));
    const time = await milliseconds(() => expectRefusedSignIn(rig, badIdToken));
    expect(time).toBeLessThan(5 * timeout);
    await rig.advance(60);
  }
  await rig.advance(day);
  await rig.signedIn();
});

for (const status of [301, 302, 303, 307, 308] as const) {
  requirement('BFF-IDP-05', `a redirect with ${status} is followed from no endpoint`, async () => {
    for (const endpoint of asked) {
      await rig.advance(day);
      // The metadata that is there stays in use.
      const stop = rig.as.on(endpoint, 'always', faults.redirect(`${elsewhere.url}/${endpoint}`, status));
      rig.as.clearRecords();
      await expect.poll(() => askOnceMore(endpoint)).toBeGreaterThan(0);
      const jar = await trySignIn();
      if (endpoint !== 'discovery') expect(await rig.session(jar)).toMatchObject({ authenticated: false });
      stop();
      await rig.advance(60);
    }
    const jar = await rig.signedIn();
    rig.as.on('revocation', 'always', faults.redirect(`${elsewhere.url}/revoke`, status));
    expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST', json: {} })).status).toBe(200);
    await expect.poll(() => rig.as.hits('revocation')).toBeGreaterThan(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: false });
    expect(elsewhere.hits()).toBe(0);
  });
}

requirement('BFF-IDP-05', 'nor from the token endpoint at a refresh', async () => {
  rig.as.settings.accessTokenLifetime = 300;
  const jar = await rig.signedIn();
  rig.as.settings.accessTokenLifetime = 1_000_000;
  await rig.advance(301);
  rig.as.on('token', 'always', faults.redirect(`${elsewhere.url}/token`, 307));
  expect([401, 503]).toContain((await rig.call(jar)).status);
  expect(rig.as.hits('token')).toBeGreaterThan(0);
  expect(elsewhere.hits()).toBe(0);
});
