import { faults } from '@coatcheck/testing';
import { describe, expect, it } from 'vitest';
import { until } from '../rig.ts';
import { hitsOf, startBefore } from './upstream-rig.ts';
import { openSocket } from './websocket/sockets.ts';

describe('the circuit breaker', () => {
  it('opens after failures in a row, answers 503 at once, and closes when one call is served', async () => {
    const { rig, jar, first } = await startBefore(1, { circuitBreaker: { failures: 3, openFor: '300ms' } });
    first.on('*', 3, faults.status(503));
    for (let call = 0; call < 3; call += 1) {
      const answer = await jar.fetch('/api/x');
      expect([answer.status, answer.headers.get('coatcheck-problem')]).toEqual([503, null]);
    }
    const refused = await jar.fetch('/api/x');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('coatcheck-problem')).toBe('upstream_unreachable');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({ status: 503, code: 'upstream_unreachable' });
    expect(first.hits()).toBe(3);
    expect((await rig.app.coatcheck.checks()).upstreams).toEqual({ '/api': { [first.url]: 'open' } });
    expect(rig.app.coatcheck.metrics()).toContain(
      `coatcheck_upstream_up{route="/api",upstream="${first.url}"} 0\n`,
    );
    await until(async () => (await jar.fetch('/api/x')).status === 200, 'an answer');
    expect((await rig.app.coatcheck.checks()).upstreams).toEqual({ '/api': { [first.url]: 'up' } });
    expect(rig.app.coatcheck.metrics()).toContain(
      `coatcheck_upstream_up{route="/api",upstream="${first.url}"} 1\n`,
    );
  });

  it('counts only failures in a row', async () => {
    const { jar, first } = await startBefore(1, { circuitBreaker: { failures: 2 } });
    for (let round = 0; round < 4; round += 1) {
      first.on('*', 'once', faults.status(502));
      expect((await jar.fetch('/api/x')).status).toBe(502);
      expect((await jar.fetch('/api/x')).status).toBe(200);
    }
  });

  it.each([
    ['no connection', async (upstream) => upstream.goDown()],
    ['no answer in time', async (upstream) => void upstream.on('*', 'always', faults.never())],
    ['a connection that breaks', async (upstream) => void upstream.on('*', 'always', faults.reset())],
    ['504', async (upstream) => void upstream.on('*', 'always', faults.status(504))],
  ] as [string, (upstream: Awaited<ReturnType<typeof startBefore>>['first']) => Promise<void>][])(
    'counts %s',
    async (_what, fail) => {
      const { jar, first } = await startBefore(1, {
        circuitBreaker: { failures: 2, openFor: '1m' },
        timeout: '200ms',
      });
      await fail(first);
      await jar.fetch('/api/x');
      await jar.fetch('/api/x');
      const answer = await jar.fetch('/api/x');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60']);
    },
  );

  it.each([400, 401, 404, 429, 500, 501])('takes %i for an answer like any other', async (status) => {
    const { jar, first } = await startBefore(1, { circuitBreaker: { failures: 1 } });
    first.on('*', 'always', faults.status(status));
    for (let call = 0; call < 3; call += 1) expect((await jar.fetch('/api/x')).status).toBe(status);
  });

  it('lets one call through on trial, and opens again where that fails too', async () => {
    const { rig, jar, first } = await startBefore(1, { circuitBreaker: { failures: 1, openFor: '100ms' } });
    first.on('*', 'once', faults.status(503));
    await jar.fetch('/api/x');
    first.on('/api/trial', 'always', faults.status(502));
    const gate = first.hold('/api/trial');
    await until(
      async () => (await rig.app.coatcheck.checks()).upstreams['/api']?.[first.url] === 'half-open',
      'a half-open circuit',
    );
    const trial = jar.fetch('/api/trial');
    await gate.arrived;
    expect((await jar.fetch('/api/other')).status).toBe(503);
    expect(first.hits('/api/other')).toBe(0);
    gate.release();
    expect((await trial).status).toBe(502);
    expect((await rig.app.coatcheck.checks()).upstreams['/api']?.[first.url]).toBe('open');
    await until(async () => {
      const { upstreams } = await rig.app.coatcheck.checks();
      return upstreams['/api']?.[first.url] === 'half-open';
    }, 'another trial');
    await until(async () => (await jar.fetch('/api/x')).status === 200, 'an answer');
  });

  it('is not held by a trial whose caller leaves', async () => {
    const { rig, jar, first } = await startBefore(1, { circuitBreaker: { failures: 1, openFor: '50ms' } });
    first.on('*', 'once', faults.status(503));
    await jar.fetch('/api/x');
    await until(
      async () => (await rig.app.coatcheck.checks()).upstreams['/api']?.[first.url] === 'half-open',
      'a half-open circuit',
    );
    const gate = first.hold('/api/trial');
    const leaving = new AbortController();
    const trial = jar.fetch('/api/trial', { signal: leaving.signal }).catch(() => 'left');
    await gate.arrived;
    leaving.abort();
    expect(await trial).toBe('left');
    await until(() => first.requestsOf('/api/trial')[0]?.aborted === true, 'the end at the upstream');
    gate.release();
    await until(async () => (await jar.fetch('/api/x')).status === 200, 'another trial');
  });

  it('is on by itself where there are several upstreams, and takes one out', async () => {
    const { rig, jar, upstreams, first, second } = await startBefore(2, { retries: { on: ['503'] } });
    first.on('*', 'always', faults.status(503));
    for (let call = 0; call < 20; call += 1) expect((await jar.fetch('/api/x')).status).toBe(200);
    expect(hitsOf(upstreams)).toEqual([5, 20]);
    expect((await rig.app.coatcheck.checks()).upstreams['/api']).toEqual({
      [first.url]: 'open',
      [second.url]: 'up',
    });
  });

  it('is off by itself where there is one', async () => {
    const { rig, jar, first } = await startBefore(1);
    first.on('*', 'always', faults.status(503));
    for (let call = 0; call < 10; call += 1) await jar.fetch('/api/x');
    expect(first.hits()).toBe(10);
    expect((await rig.app.coatcheck.checks()).upstreams).toEqual({});
    expect(rig.app.coatcheck.metrics()).not.toContain('coatcheck_upstream_up');
  });

  it('counts event streams at their head, not at their end', async () => {
    const { jar, first } = await startBefore(1, { circuitBreaker: { failures: 2 } });
    const accept = { headers: { accept: 'text/event-stream' } };
    first.on('*', 'once', faults.status(503));
    await jar.fetch('/api/x');
    first.on('/api/events', 'always', ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      return 'handled';
    });
    const stream = await jar.stream('/api/events', accept);
    first.on('*', 'once', faults.status(503));
    await jar.fetch('/api/x');
    expect((await jar.fetch('/api/x')).status).toBe(200);
    stream.close();
  });

  it('counts WebSockets too, and refuses them while it is open', async () => {
    const { rig, first } = await startBefore(1, {
      websocket: true,
      circuitBreaker: { failures: 2, openFor: '1m' },
    });
    await first.goDown();
    const codes = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { status, headers } = await openSocket(rig, undefined).refused;
      codes.push([status, headers['retry-after']]);
    }
    expect(codes).toEqual([
      [502, undefined],
      [502, undefined],
      [503, '60'],
    ]);
  });
});
