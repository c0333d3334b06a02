import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { StartFailed } from '../adapters/adapter.ts';
import { type EventReader, readEvents } from '../endings/event-reader.ts';
import { inTime, soon } from '../endings/standing.ts';
import { refreshes } from '../evidence/tokens.ts';
import { requestsByWorker, workerPids } from '../evidence/worker-log.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** One instance of two processes on one port. Every call of a jar is a connection of its own, and reaches either. */
let rig: Rig;
let turn = 0;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' }, config: { workers: 2 } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** A call, and the worker that served it. */
async function callAndSee(jar: Jar): Promise<{ status: number; worker: number }> {
  turn += 1;
  const path = `/api/turn-${turn}`;
  const { status } = await rig.call(jar, path);
  return { status, worker: await workerOf(path) };
}

async function workerOf(path: string): Promise<number> {
  const found = () => requestsByWorker(rig.bff).findLast((request) => request.path === path);
  await expect.poll(found).toBeDefined();
  return found()?.worker ?? 0;
}

/** Every worker opens the session, so that each has it cached. */
async function expectServedByBoth(jar: Jar): Promise<void> {
  const seen = new Set<number>();
  while (seen.size < 2) {
    const { status, worker } = await callAndSee(jar);
    expect(status).toBe(200);
    seen.add(worker);
  }
}

async function readiness(): Promise<unknown> {
  return (await fetch(`${rig.bff.managementUrl}/readyz`)).json();
}

async function sessionsStarted(): Promise<number> {
  const text = await (await fetch(`${rig.bff.managementUrl}/metrics`)).text();
  return Number(/^coatcheck_sessions_started_total (\d+)$/m.exec(text)?.[1]);
}

requirement('BFF-SESS-11', 'two workers serve one browser, and what both count is one number', async () => {
  const before = await sessionsStarted();
  const jars = await Promise.all(Array.from({ length: 6 }, () => rig.signedIn({ user: { sub: 'both' } })));
  for (const jar of jars) await expectServedByBoth(jar);
  expect(await sessionsStarted()).toBe(before + jars.length);
  const callbacks = requestsByWorker(rig.bff).filter(({ path }) => path.startsWith('/bff/callback'));
  expect(new Set(callbacks.map(({ worker }) => worker)).size).toBe(2);
  await rig.bff.endSubject(rig.as.issuer, 'both');
  for (const jar of jars) await expect.poll(async () => (await rig.call(jar.clone())).status).toBe(401);
});

requirement('BFF-REF-01', 'calls at both workers renew a token once', async () => {
  const jar = await rig.signedIn();
  await expectServedByBoth(jar);
  await rig.advance(301);
  rig.as.clearRecords();
  const calls = await Promise.all(Array.from({ length: 12 }, () => callAndSee(jar.clone())));
  expect(calls.map(({ status }) => status)).toEqual(Array(12).fill(200));
  expect(new Set(calls.map(({ worker }) => worker)).size).toBe(2);
  expect(refreshes(rig.as)).toHaveLength(1);
});

requirement('BFF-LOGOUT-01', 'a sign-out at one worker holds at the other within a second', async () => {
  const jar = await rig.signedIn();
  await expectServedByBoth(jar);
  const stolen = jar.clone();
  expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
  const endedAt = performance.now();
  const refused = new Set<number>();
  while (refused.size < 2) {
    const { status, worker } = await callAndSee(stolen.clone());
    if (status === 401) refused.add(worker);
    else expect(performance.now() - endedAt, `worker ${worker} still serves`).toBeLessThan(soon);
  }
});

requirement('BFF-LOGOUT-01', 'an event stream at one worker is told of a sign-out at the other', async () => {
  const jar = await rig.signedIn();
  const readers: EventReader[] = [];
  const streams = () => requestsByWorker(rig.bff).filter(({ path }) => path === rig.bff.paths.events);
  const before = streams().length;
  for (let tab = 0; tab < 4; tab += 1) readers.push(await readEvents(jar.clone(), rig.bff.paths.events));
  await expect
    .poll(
      () =>
        new Set(
          streams()
            .slice(before)
            .map(({ worker }) => worker),
        ).size,
    )
    .toBe(2);
  for (const reader of readers) await expect.poll(() => reader.events).toHaveLength(1);
  await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
  await inTime(Promise.all(readers.map(({ ended }) => ended)), 'the streams end');
  for (const { events } of readers)
    expect(events.at(-1)).toMatchObject({ name: 'ended', data: { reason: 'signed-out' } });
});

requirement('BFF-OPS-03', 'a worker that is killed loses no session, and is replaced', async () => {
  const jars = await Promise.all(Array.from({ length: 4 }, () => rig.signedIn()));
  for (const jar of jars) await expectServedByBoth(jar);
  const pid = workerPids(rig.bff).get(2) ?? 0;
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => rig.bff.log()).toContain('"event":"worker.ended"');
  for (const jar of jars) expect((await rig.call(jar)).status).toBe(200);
  expect(await (await fetch(`${rig.bff.managementUrl}/livez`)).json()).toEqual({ status: 'alive' });
  await expect
    .poll(readiness, { timeout: 25_000 })
    .toMatchObject({ ready: true, workers: { wanted: 2, ready: 2 } });
  expect(workerPids(rig.bff).get(2)).not.toBe(pid);
  for (const jar of jars) await expectServedByBoth(jar);
  expect(rig.bff.exitCodes).toEqual([undefined]);
});

requirement('BFF-OPS-03', 'SIGTERM during a refresh: the call is served, the token is kept', async () => {
  const jar = await rig.signedIn();
  await rig.advance(301);
  rig.as.clearRecords();
  const gate = rig.as.hold('token', 'after');
  const call = rig.call(jar.clone());
  await gate.arrived;
  const stopped = rig.bff.stop();
  await expect.poll(async () => Object(await readiness()).ready).toBe(false);
  gate.release();
  expect((await call).status).toBe(200);
  await inTime(stopped, 'the processes end', 10_000);
  expect(rig.bff.exitCodes).toEqual([0]);
  await rig.bff.restart();
  expect((await rig.call(jar)).status).toBe(200);
  expect(refreshes(rig.as)).toHaveLength(1);
});

requirement('BFF-OPS-01', 'workers without a store that they share prevent the start', async () => {
  const failure: unknown = await rig.bff.restart({ config: { workers: 2, store: { url: 'memory:' } } }).then(
    () => 'it started',
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(StartFailed);
  if (!(failure instanceof StartFailed)) return;
  expect(failure.output).toMatch(/workers: .*memory:.*sqlite:/);
  expect(failure.output).not.toMatch(/^ +at /m);
});
