import { createEventStream, faults, type Jar, openConnection } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { readEvents } from '../endings/event-reader.ts';
import { inTime } from '../endings/standing.ts';
import { refreshes, refreshTokensSent } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances on one store; the first one is told to stop. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    provider: { config: { requestTimeout: '3s' } },
  });
});
afterEach(async () => {
  rig.as.settings.reuseGracePeriod = 0;
  await rig.as.comeBack();
  rig.reset();
  await rig.bff.kill(0);
  await rig.bff.restart({ config: {} }, 0);
  rig.bff.pin(undefined);
});
afterAll(() => rig.close());

/** What the probes of an instance say; 0 where nobody answers. */
async function probe(name: 'livez' | 'readyz', instance = 0): Promise<number> {
  const answer = await fetch(`${rig.bff.managementUrls[instance]}/${name}`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.status ?? 0;
}

/** Sends the signal and comes back when the instance has noticed. */
async function told(): Promise<{ readonly stopped: Promise<void> }> {
  const stopped = rig.bff.stop(0);
  await expect.poll(() => probe('readyz'), { interval: 5 }).not.toBe(200);
  return { stopped };
}

/** It has ended by itself and in order. */
async function expectGone(stopped: Promise<void>, milliseconds = 5_000): Promise<void> {
  await inTime(stopped, 'the process ends', milliseconds);
  expect(rig.bff.exitCodes[0]).toBe(0);
}

async function expired(): Promise<Jar> {
  rig.bff.pin(0);
  const jar = await rig.signedIn();
  await rig.advance(301);
  rig.as.clearRecords();
  return jar;
}

/** The other instance goes on with the token that the stopped one got, and never sends the one before it. */
async function expectContinued(jar: Jar): Promise<void> {
  rig.bff.pin(1);
  expect((await rig.call(jar)).status).toBe(200);
  expect(refreshes(rig.as)).toHaveLength(1);
  await rig.advance(301);
  expect((await rig.call(jar)).status).toBe(200);
  const sent = refreshTokensSent(rig.as);
  expect(sent).toHaveLength(2);
  expect(new Set(sent).size).toBe(2);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
}

for (const [when, point] of Object.entries({
  'before the provider has acted': 'before',
  'before its answer has come': 'after',
} as const)) {
  requirement('BFF-OPS-03', `SIGTERM ${when}: the call is served, and the new token is stored`, async () => {
    const jar = await expired();
    const gate = rig.as.hold('token', point);
    const call = rig.call(jar.clone());
    await gate.arrived;
    const { stopped } = await told();
    gate.release();
    expect((await call).status).toBe(200);
    await expectGone(stopped);
    await expectContinued(jar);
  });

  requirement(
    'BFF-OPS-03',
    `SIGTERM ${when}, the browser gone: the new token is stored all the same`,
    async () => {
      const jar = await expired();
      const gate = rig.as.hold('token', point);
      const leaving = new AbortController();
      const left = jar.clone().fetch('/api/notes', { signal: leaving.signal });
      await gate.arrived;
      leaving.abort();
      await expect(left).rejects.toThrow();
      const { stopped } = await told();
      gate.release();
      await expectGone(stopped);
      await expectContinued(jar);
    },
  );
}

requirement(
  'BFF-OPS-03',
  'SIGTERM while the answer to a refresh is lost: it is asked again before the end',
  async () => {
    rig.as.settings.reuseGracePeriod = 60;
    const jar = await expired();
    const gate = rig.as.hold('token', 'before');
    rig.as.on('token', 'once', faults.loseAnswer());
    const call = rig.call(jar.clone());
    await gate.arrived;
    const { stopped } = await told();
    gate.release();
    expect((await call).status).toBe(200);
    await expectGone(stopped);
    rig.bff.pin(1);
    expect((await rig.call(jar)).status).toBe(200);
    expect(refreshes(rig.as)).toHaveLength(2);
  },
);

requirement('BFF-OPS-03', 'SIGTERM during a sign-in’s code exchange: it ends with a session', async () => {
  rig.bff.pin(0);
  const jar = rig.jar();
  const callback = await rig.begin(jar);
  const gate = rig.as.hold('token', 'after');
  const finishing = rig.finish(jar, callback);
  await gate.arrived;
  const { stopped } = await told();
  gate.release();
  expect((await finishing).status).toBe(303);
  await expectGone(stopped);
  rig.bff.pin(1);
  expect((await rig.call(jar)).status).toBe(200);
});

requirement('BFF-OPS-03', 'SIGTERM during calls: uploads and slow answers come to their end', async () => {
  rig.bff.pin(0);
  const jar = await rig.signedIn();
  const gate = rig.upstream.hold('*', 'after');
  const body = 'x'.repeat(300_000);
  const calls = [
    rig.call(jar, '/api/slow'),
    jar.fetch('/api/upload', { method: 'POST', headers: { 'content-type': 'text/plain' }, body }),
  ];
  await gate.arrivals(2);
  const { stopped } = await told();
  gate.release();
  for (const answer of await Promise.all(calls)) {
    expect(answer.status).toBe(200);
    await answer.json();
  }
  expect(rig.upstream.requestsOf('/api/upload')[0]?.bodyLength).toBe(body.length);
  await expectGone(stopped);
});

requirement('BFF-OPS-03', 'SIGTERM after a sign-out: the revocation is still made', async () => {
  rig.bff.pin(0);
  const jar = await rig.signedIn();
  const gate = rig.as.hold('revocation');
  expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
  await gate.arrived;
  const { stopped } = await told();
  gate.release();
  await expectGone(stopped);
  const refreshToken = rig.as.issued().findLast(({ kind }) => kind === 'refresh_token')?.value ?? '';
  expect(rig.as.isActive(refreshToken)).toBe(false);
});

requirement(
  'BFF-OPS-03',
  'with a delay: not ready at once, and every request is served until it is over',
  async () => {
    await rig.bff.restart({ config: { shutdown: { delay: '2s' } } }, 0);
    rig.bff.pin(0);
    const jar = await rig.signedIn();
    const { stopped } = await told();
    const until = performance.now() + 1_500;
    while (performance.now() < until) {
      expect((await rig.call(jar)).status).toBe(200);
      expect(await probe('readyz')).toBe(503);
      expect(await probe('livez')).toBe(200);
    }
    await rig.signedIn();
    await expectGone(stopped);
    expect(await probe('readyz', 1)).toBe(200);
  },
);

requirement(
  'BFF-OPS-03',
  'the streams of the app are told to connect again, and do so elsewhere',
  async () => {
    rig.bff.pin(0);
    const jar = await rig.signedIn();
    const readers = [];
    for (let tab = 0; tab < 3; tab += 1) readers.push(await readEvents(jar.clone(), rig.bff.paths.events));
    for (const reader of readers) await expect.poll(() => reader.events).toHaveLength(1);
    const { stopped } = await told();
    await inTime(Promise.all(readers.map(({ ended }) => ended)), 'the streams end');
    for (const { events } of readers) expect(events.at(-1)).toMatchObject({ name: 'reconnect' });
    await expectGone(stopped);
    rig.bff.pin(undefined);
    const again = await readEvents(jar, rig.bff.paths.events, { 'last-event-id': '2' });
    await expect.poll(() => again.events[0]).toMatchObject({ name: 'session', id: '3' });
    again.close();
  },
);

requirement('BFF-OPS-03', 'an API’s event stream does not hold the process for its whole grace', async () => {
  rig.bff.pin(0);
  const jar = await rig.signedIn();
  const events = createEventStream();
  rig.upstream.on('/api/stream', 'once', events.handler);
  const reader = await readEvents(jar.clone(), '/api/stream');
  const { stopped } = await told();
  await inTime(reader.ended, 'the forwarded stream ends');
  await expectGone(stopped);
});

requirement(
  'BFF-OPS-03',
  'a connection that its caller keeps is closed after its last answer, and holds nobody up',
  async () => {
    rig.bff.pin(0);
    const jar = await rig.signedIn();
    const gate = rig.upstream.hold('*');
    const connection = await openConnection({ port: rig.bff.ports[0] ?? 0 });
    const cookie = [...jar.cookies.values()].map(({ name, value }) => `${name}=${value}`).join('; ');
    const host = new URL(rig.bff.url).host;
    const head = [`Host: ${host}`, `Cookie: ${cookie}`, 'Sec-Fetch-Site: same-origin'].join('\r\n');
    await connection.write(`GET /api/notes HTTP/1.1\r\n${head}\r\n\r\n`);
    await gate.arrived;
    const { stopped } = await told();
    gate.release();
    expect((await connection.read()).status).toBe(200);
    await expectGone(stopped);
    connection.destroy();
  },
);

requirement('BFF-OPS-03', 'a call that never ends is cut when the grace is over', async () => {
  await rig.bff.restart({ config: { shutdown: { grace: '1s' } } }, 0);
  rig.bff.pin(0);
  const jar = await rig.signedIn();
  const gate = rig.upstream.hold('*');
  const call = rig.call(jar).catch(() => 'cut');
  await gate.arrived;
  const { stopped } = await told();
  await expectGone(stopped);
  expect(await call).toBe('cut');
});

requirement('BFF-OPS-03', 'a provider that is down makes no instance unready, and none dead', async () => {
  await rig.as.goDown();
  await rig.bff.restart();
  for (const instance of [0, 1]) {
    expect(await probe('livez', instance)).toBe(200);
    expect(await probe('readyz', instance)).toBe(200);
    const told = await (await fetch(`${rig.bff.managementUrls[instance]}/readyz`)).json();
    expect(told).toMatchObject({ ready: true, store: true, providers: { main: false } });
  }
  await rig.as.comeBack();
});
