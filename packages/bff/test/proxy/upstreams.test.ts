import { faults, startUpstream } from '@coatcheck/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../rig.ts';
import { hitsOf, startBefore } from './upstream-rig.ts';

describe('several upstreams', () => {
  it('share the calls in turn', async () => {
    const { jar, upstreams } = await startBefore(3);
    for (let call = 0; call < 9; call += 1) expect((await jar.fetch(`/api/${call}`)).status).toBe(200);
    expect(hitsOf(upstreams)).toEqual([3, 3, 3]);
  });

  it('get a call where least are held', async () => {
    const { jar, first, second } = await startBefore(2);
    const gate = first.hold('/api/slow');
    second.on('/api/slow', 'always', faults.status(404));
    const slow = [jar.fetch('/api/slow'), jar.fetch('/api/slow')];
    await gate.arrived;
    for (let call = 0; call < 5; call += 1) await jar.fetch('/api/quick');
    expect([first.hits('/api/quick'), second.hits('/api/quick')]).toEqual([0, 5]);
    gate.release();
    expect((await Promise.all(slow)).map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('each get their own Host, and their redirects stay inside', async () => {
    const { jar, upstreams } = await startBefore(2);
    for (const upstream of upstreams) {
      upstream.on('/api/old', 'always', () => ({
        status: 302,
        headers: { location: `${upstream.url}/api/new` },
        body: '',
      }));
    }
    for (let call = 0; call < 2; call += 1) {
      expect((await jar.fetch('/api/old')).headers.get('location')).toBe('/api/new');
    }
    expect(upstreams.map(({ requests }) => requests[0]?.headers.host)).toEqual(
      upstreams.map(({ port }) => `127.0.0.1:${port}`),
    );
  });

  it('replace the prefix by the path that all have', async () => {
    const upstreams = await Promise.all([startUpstream(), startUpstream()]);
    const upstream = upstreams.map(({ url }) => `${url}/v2`);
    onTestFinished(() => Promise.all(upstreams.map((one) => one.close())).then(() => undefined));
    const { jar } = await startBefore(1, { upstream, keepPrefix: false });
    for (let call = 0; call < 2; call += 1) await jar.fetch('/api/x');
    expect(upstreams.map((one) => one.hits('/v2/x'))).toEqual([1, 1]);
  });
});

describe('retries', () => {
  it('go to another upstream where the first cannot be reached, whatever the method', async () => {
    const { jar, first, second } = await startBefore(2);
    await first.goDown();
    for (let call = 0; call < 4; call += 1) {
      const answer = await jar.fetch('/api/x', { method: 'POST', json: { call } });
      expect(answer.status).toBe(200);
    }
    expect(second.requests.map(({ body }) => String(body))).toEqual(
      [0, 1, 2, 3].map((call) => JSON.stringify({ call })),
    );
  });

  it('go to another upstream also where that holds more', async () => {
    const { jar, first, second } = await startBefore(2, { circuitBreaker: { failures: 0 } });
    const gate = second.hold('/api/slow');
    first.on('/api/slow', 'always', faults.status(404));
    const slow = [1, 2, 3, 4].map(() => jar.fetch('/api/slow'));
    await until(() => second.hits('/api/slow') > 0, 'a call that is held');
    await first.goDown();
    for (let call = 0; call < 3; call += 1) expect((await jar.fetch('/api/quick')).status).toBe(200);
    gate.release();
    await Promise.all(slow);
  });

  it('go to the same upstream after a moment where there is no other, and then end', async () => {
    const { jar, first } = await startBefore(1, { retries: { attempts: 3 } });
    await first.goDown();
    const started = performance.now();
    const answer = await jar.fetch('/api/x');
    expect([answer.status, answer.headers.get('coatcheck-problem')]).toEqual([502, 'upstream_unreachable']);
    expect(performance.now() - started).toBeGreaterThan(95);
  });

  it('reach an upstream that comes back meanwhile', async () => {
    const { jar, first } = await startBefore(1, { retries: { attempts: 5 } });
    await first.goDown();
    const call = jar.fetch('/api/x', { method: 'PATCH', json: { n: 1 } });
    await first.comeBack();
    expect((await call).status).toBe(200);
    expect(first.hits()).toBe(1);
  });

  it('are none where the route says so', async () => {
    const { jar, first } = await startBefore(2, {
      retries: { attempts: 1 },
      circuitBreaker: { failures: 0 },
    });
    await first.goDown();
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await jar.fetch('/api/x')).status);
    expect(statuses.sort()).toEqual([200, 200, 502, 502]);
  });

  it('go nowhere after a lost connection where the route wants them after a status alone', async () => {
    const retries = { attempts: 3, on: ['503' as const] };
    const { jar, first } = await startBefore(2, { retries, circuitBreaker: { failures: 0 } });
    await first.goDown();
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await jar.fetch('/api/x')).status);
    expect(statuses.sort()).toEqual([200, 200, 502, 502]);
  });

  it('follow no call that an upstream has seen, unless its method is idempotent and its status named', async () => {
    const { jar, upstreams } = await startBefore(2, { retries: { on: ['connect', '503'] } });
    const [first, second] = upstreams;
    first?.on('*', 'always', faults.status(503));
    second?.on('*', 'always', faults.status(503));
    for (const [method, sent] of [
      ['GET', 2],
      ['HEAD', 2],
      ['PUT', 2],
      ['DELETE', 2],
      ['POST', 1],
      ['PATCH', 1],
    ] as const) {
      const before = hitsOf(upstreams).reduce((sum, hits) => sum + hits);
      expect((await jar.fetch('/api/x', { method })).status).toBe(503);
      expect([method, hitsOf(upstreams).reduce((sum, hits) => sum + hits) - before]).toEqual([method, sent]);
      for (const one of upstreams) one.on('*', 'once', faults.status(200));
      // Keeps the circuits closed: what is looked at here is not theirs.
      await jar.fetch('/api/y');
      await jar.fetch('/api/y');
    }
  });

  it('send the whole content again, and not what was too long to keep', async () => {
    const { jar, upstreams, first, second } = await startBefore(2, { retries: { on: ['502'] } });
    for (const [bytes, sent] of [
      [60_000, 2],
      [70_000, 1],
    ] as const) {
      for (const one of upstreams) {
        one.reset();
        one.clearRecords();
        one.on('*', 'always', async ({ request }) => {
          await request.received;
          return { status: 502, headers: {}, body: '' };
        });
      }
      expect((await jar.fetch('/api/x', { method: 'PUT', body: Buffer.alloc(bytes, 'x') })).status).toBe(502);
      const seen = [...first.requests, ...second.requests];
      expect(seen.map(({ bodyLength }) => bodyLength)).toEqual(Array(sent).fill(bytes));
    }
  });

  it('relay the answer of the second, and nothing of the first', async () => {
    const { jar, first, second } = await startBefore(2, { retries: { on: ['504'] } });
    first.on('*', 'always', faults.status(504, 'gone', { 'x-from': 'first' }));
    second.on('*', 'always', faults.status(200, 'here', { 'x-from': 'second' }));
    for (let call = 0; call < 3; call += 1) {
      const answer = await jar.fetch('/api/x');
      expect([answer.status, answer.headers.get('x-from'), await answer.text()]).toEqual([
        200,
        'second',
        'here',
      ]);
    }
  });

  it.each([
    ['a connection that breaks after the request', faults.reset(), 502],
    ['an answer that is cut off', faults.cutBody(), 'cut'],
    ['no HTTP', faults.rawBytes('nonsense\r\n\r\n'), 502],
    ['no answer in time', faults.never(), 504],
  ] as const)('do not follow %s', async (_what, fault, end) => {
    const { jar, upstreams } = await startBefore(2, {
      retries: { attempts: 5, on: ['connect', '502', '503', '504'] },
      timeout: '300ms',
    });
    for (const one of upstreams) one.on('*', 'always', fault);
    const status = await jar.fetch('/api/x').then(
      (answer) => answer.status,
      () => 'cut',
    );
    expect([status, hitsOf(upstreams)]).toEqual([end, [1, 0]]);
  });

  it("end with the route's time", async () => {
    const { jar, upstreams } = await startBefore(2, {
      retries: { attempts: 5, on: ['503'] },
      timeout: '300ms',
      circuitBreaker: { failures: 0 },
    });
    for (const one of upstreams) {
      one.on('*', 'always', async ({ request }) => {
        await request.received;
        await new Promise((resolve) => setTimeout(resolve, 200));
        return { status: 503, headers: {}, body: '' };
      });
    }
    expect([503, 504]).toContain((await jar.fetch('/api/x')).status);
    await until(() => hitsOf(upstreams).reduce((sum, hits) => sum + hits) === 2, 'two attempts');
  });
});
