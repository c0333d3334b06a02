import { faults, handled, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { refreshes, refreshTokensSent, tokensAt } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Twice the longest answer of the provider, and the time to store it. Seconds; lives by a clock that nobody moves. */
const leaseLife = 2 * 1 + 2;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    provider: { config: { requestTimeout: '1s' } },
  });
});
afterEach(async () => {
  rig.as.settings.reuseGracePeriod = 0;
  rig.bff.pin(undefined);
  rig.reset();
  if (rig.bff.exitCodes[0] !== undefined) await rig.bff.restart({}, 0);
});
afterAll(() => rig.close());

/** Browsers whose next call must refresh, at the first of two processes. */
async function expired(count: number): Promise<Jar[]> {
  rig.bff.pin(0);
  const jars = [];
  for (let at = 0; at < count; at += 1) jars.push(await rig.signedIn());
  await rig.advance(301);
  rig.as.clearRecords();
  return jars;
}

/** A refresh on its way, whose process will be killed. */
interface Underway {
  /** The provider has got the request. */
  readonly arrived: Promise<void>;
  /** Lets the provider answer. */
  answer(): void;
}

/** @param acts whether the provider rotates the token before it is silent */
function interrupted(jar: Jar, acts: boolean): Underway {
  const [arrived, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  rig.as.on('token', 'once', async (exchange, next) => {
    const answer = acts ? await next() : undefined;
    arrived.resolve();
    await Promise.race([released.promise, faults.never()(exchange, next)]);
    return answer ?? handled;
  });
  rig.call(jar).catch(() => 'killed');
  return { arrived: arrived.promise, answer: released.resolve };
}

interface Killed {
  readonly jars: Jar[];
  readonly statuses: number[];
  readonly waited: number;
  readonly unhindered: number;
}

/**
 * Kills the first process while three refreshes are under way: one before the provider acted, one before its answer
 * came, one before the answer could be stored. Then all three call again, at the other process.
 *
 * @returns the browsers, their statuses, and how long they waited, in milliseconds; also how long others did, whose
 * refresh nobody had begun, since a busy machine is slow with both
 */
async function killDuringRefresh(): Promise<Killed> {
  const [jars, others] = [await expired(3), await expired(3)];
  rig.bff.pin(1);
  const unhinderedSince = performance.now();
  await Promise.all(others.map((jar) => rig.call(jar)));
  const unhindered = performance.now() - unhinderedSince;
  rig.bff.pin(0);
  rig.as.clearRecords();
  const refreshing = [];
  for (const [at, jar] of jars.entries()) {
    const underway = interrupted(jar, at > 0);
    await underway.arrived;
    refreshing.push(underway);
  }
  const letGo = await rig.bff.store.hold();
  refreshing[2]?.answer();
  // Whether the process already stands before the locked store cannot be seen from outside; it cannot pass it.
  await rig.bff.kill(0);
  await letGo();
  // Before that nobody could have got the lease.
  const started = performance.now();
  rig.bff.pin(1);
  rig.as.clearRecords();
  const calls = Promise.all(jars.map((jar) => rig.call(jar.clone())));
  await expect.poll(() => refreshes(rig.as).length, { timeout: 15_000 }).toBe(3);
  const waited = performance.now() - started;
  // Where the token is refused, one more lease's life passes: the dead process may still have stored new ones.
  await rig.advance(leaseLife);
  return { jars, statuses: (await calls).map(({ status }) => status), waited, unhindered };
}

/** The dead process comes back; both say the same, again and again. */
async function expectSettled(jars: readonly Jar[], statuses: readonly number[]): Promise<void> {
  await rig.bff.restart({}, 0);
  for (const instance of [0, 1]) {
    rig.bff.pin(instance);
    for (const [at, jar] of jars.entries()) {
      const again = rig.bff.jar(jar);
      expect(await rig.session(again)).toMatchObject({ authenticated: statuses[at] === 200 });
      expect((await rig.call(again)).status, `browser ${at} at ${instance}`).toBe(statuses[at]);
    }
  }
}

requirement(
  'BFF-REF-11',
  'sessions whose process was killed during a refresh are usable where the provider forgives reuse',
  async () => {
    rig.as.settings.reuseGracePeriod = 600;
    const { jars, statuses, waited, unhindered } = await killDuringRefresh();
    expect(statuses).toEqual([200, 200, 200]);
    expect(waited).toBeLessThan((leaseLife + 1) * 1_000 + 3 * unhindered);
    await expectSettled(jars, statuses);
  },
);

requirement(
  'BFF-REF-11',
  'and signed out cleanly where it does not, if it had rotated their token',
  async () => {
    const { jars, statuses } = await killDuringRefresh();
    expect(statuses).toEqual([200, 401, 401]);
    await expectSettled(jars, statuses);
    expect(await rig.session(jars[1] ?? rig.jar())).toEqual({ authenticated: false, reason: 'refused' });
  },
);

requirement(
  'BFF-REF-11',
  'killed after it stored the new tokens: they are used, and nothing is asked again',
  async () => {
    const [jar = rig.jar()] = await expired(1);
    const gate = rig.upstream.hold('*');
    const lost = rig.call(jar).catch(() => 'killed');
    await gate.arrived;
    await rig.bff.kill(0);
    gate.release();
    expect(await lost).toBe('killed');
    rig.bff.pin(1);
    expect((await rig.call(jar)).status).toBe(200);
    await expectSettled([jar], [200]);
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(new Set(tokensAt(rig.upstream)).size).toBe(1);
  },
);

requirement('BFF-REF-12', 'a browser that leaves during a refresh loses nothing', async () => {
  for (const point of ['before', 'after'] as const) {
    const [jar = rig.jar()] = await expired(1);
    const gate = rig.as.hold('token', point);
    const leaving = new AbortController();
    const left = jar.fetch('/api/notes', { signal: leaving.signal }).catch(() => 'left');
    await gate.arrived;
    leaving.abort();
    expect(await left).toBe('left');
    gate.release();
    expect((await rig.call(jar)).status).toBe(200);
    expect(refreshes(rig.as)).toHaveLength(1);
    await rig.advance(301);
    expect((await rig.call(jar)).status).toBe(200);
    expect(new Set(refreshTokensSent(rig.as)).size).toBe(2);
  }
});

for (const [where, instance] of Object.entries({ 'the same process': 0, 'another process': 1 })) {
  requirement('BFF-REF-13', `a sign-out at ${where} wins over a refresh under way`, async () => {
    const [jar = rig.jar()] = await expired(1);
    const thief = jar.clone();
    const gate = rig.as.hold('token', 'after');
    const calls = Array.from({ length: 5 }, () => rig.call(jar.clone()));
    await gate.arrived;
    rig.bff.pin(instance);
    const signedOut = await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
    expect(signedOut.status).toBe(200);
    gate.release();
    for (const answer of await Promise.all(calls)) {
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ reason: 'signed-out' });
    }
    expect(rig.upstream.hits()).toBe(0);
    const brought = rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value ?? '';
    await expect
      .poll(() => rig.as.requestsOf('revocation').map(({ form }) => form.get('token')))
      .toContain(brought);
    expect(rig.as.isActive(brought)).toBe(false);
    for (const pinned of [0, 1]) {
      rig.bff.pin(pinned);
      expect((await rig.call(thief.clone())).status).toBe(401);
      expect(await rig.session(thief.clone())).toEqual({ authenticated: false, reason: 'signed-out' });
    }
    expect(refreshes(rig.as)).toHaveLength(1);
  });
}
