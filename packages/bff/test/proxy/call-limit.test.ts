import { faults, type Jar } from '@coatcheck/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { CoatcheckOptions } from '../../src/index.ts';
import { type Rig, startRig, until } from '../rig.ts';
import { openedSocket } from './websocket/sockets.ts';

type Route = NonNullable<CoatcheckOptions['routes']>[number];

async function startLimited(most: number, route: Partial<Route> = {}): Promise<{ rig: Rig; jar: Jar }> {
  const rig = await startRig({}, { concurrencyPerSession: most, ...route });
  onTestFinished(rig.close);
  const jar = rig.browser();
  await rig.signIn(jar);
  return { rig, jar };
}

/** Waits until as many calls are let in as may be, by trying: there is no other way to see it from outside. */
async function expectNoneHeld({ rig, jar }: { rig: Rig; jar: Jar }, most: number): Promise<void> {
  await until(async () => {
    const gate = rig.upstream.hold('/api/probe');
    const calls = Array.from({ length: most }, () => jar.fetch('/api/probe'));
    const first = await Promise.race([gate.arrivals(most).then(() => undefined), ...calls]);
    gate.release();
    await Promise.all(calls);
    return first === undefined;
  }, 'room for all');
}

describe('the limit of calls per session', () => {
  it('answers one too many with 429, and lets other sessions in', async () => {
    const { rig, jar } = await startLimited(2);
    const other = rig.browser();
    await rig.signIn(other);
    const gate = rig.upstream.hold('/api/slow');
    const slow = [jar.fetch('/api/slow'), jar.fetch('/api/slow', { method: 'POST', body: 'x' })];
    await gate.arrivals(2);
    const refused = await jar.fetch('/api/x', { method: 'POST', body: 'x'.repeat(100_000) });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('coatcheck-problem')).toBe('too_many_calls');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(rig.upstream.hits('/api/x')).toBe(0);
    expect((await other.fetch('/api/x')).status).toBe(200);
    gate.release();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200]);
    await expectNoneHeld({ rig, jar }, 2);
  });

  it('leaves anonymous callers and WebSockets alone', async () => {
    const { rig, jar } = await startLimited(1, { session: 'optional', websocket: true });
    await openedSocket(rig, jar);
    expect((await jar.fetch('/api/x')).status).toBe(200);
    const gate = rig.upstream.hold('/api/slow');
    const anonymous = rig.browser();
    const slow = [1, 2, 3].map(() => anonymous.fetch('/api/slow'));
    await gate.arrivals(3);
    gate.release();
    for (const call of slow) expect((await call).status).toBe(200);
  });

  it('counts event streams while they are open', async () => {
    const { rig, jar } = await startLimited(1);
    rig.upstream.on('/api/events', 'always', ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return 'handled';
    });
    const stream = await jar.stream('/api/events', { headers: { accept: 'text/event-stream' } });
    expect((await jar.fetch('/api/x')).status).toBe(429);
    stream.close();
    await expectNoneHeld({ rig, jar }, 1);
  });

  it.each([
    ['an answer', faults.status(200, 'x')],
    ['an error', faults.status(500)],
    ['no connection', undefined],
    ['a broken connection', faults.reset()],
    ['an answer cut off', faults.cutBody()],
    ['no HTTP', faults.rawBytes('nonsense\r\n\r\n')],
    ['a refused token', faults.status(401, '', { 'www-authenticate': 'Bearer error="invalid_token"' })],
    ['silence', faults.never()],
  ])('frees the place after %s', async (_what, fault) => {
    const { rig, jar } = await startLimited(1, { timeout: '200ms' });
    if (fault) rig.upstream.on('/api/x', 'always', fault);
    else await rig.upstream.goDown();
    for (let call = 0; call < 2; call += 1) {
      const status = await jar.fetch('/api/x', { method: 'POST', body: 'x' }).then(
        (answer) => answer.status,
        () => 'cut',
      );
      expect(status).not.toBe(429);
    }
    if (!fault) await rig.upstream.comeBack();
    await expectNoneHeld({ rig, jar }, 1);
  });

  it('holds none of a thousand calls whose clients left', async () => {
    const { rig, jar } = await startLimited(200, { timeout: '1m' });
    const off = rig.upstream.on('/api/slow', 'always', faults.never());
    for (let batch = 0; batch < 5; batch += 1) {
      rig.upstream.clearRecords();
      const leaving = new AbortController();
      const calls = Array.from({ length: 200 }, (_, n) =>
        jar
          .fetch('/api/slow', { signal: leaving.signal, ...(n % 2 ? { method: 'POST', body: 'x' } : {}) })
          .catch(() => 'left'),
      );
      // Some have reached the upstream, the others are anywhere on their way.
      await until(() => rig.upstream.hits('/api/slow') > 100 - batch * 20, 'calls at the upstream');
      leaving.abort();
      expect(new Set(await Promise.all(calls))).toEqual(new Set(['left']));
    }
    off();
    await expectNoneHeld({ rig, jar }, 200);
  });
});
