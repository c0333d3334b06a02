import { faults } from '@coatcheck/testing';
import { describe, expect, it } from 'vitest';
import { until } from '../rig.ts';
import { hitsOf, startBefore } from './upstream-rig.ts';
import { openSocket } from './websocket/sockets.ts';

const healthCheck = {
  path: '/health?deep=1',
  interval: '20ms',
  timeout: '100ms',
  unhealthyAfter: 2,
  healthyAfter: 2,
};

describe('health checks', () => {
  it('ask by GET and without any token, also where the route has one', async () => {
    const { rig, jar, first } = await startBefore(1, { healthCheck, session: 'required' });
    await rig.signIn(jar);
    await jar.fetch('/api/x');
    await until(() => first.hits('/health') > 2, 'checks');
    const [check] = first.requestsOf('/health');
    expect(check).toMatchObject({ method: 'GET', target: '/health?deep=1', bodyLength: 0 });
    const headers = first.requestsOf('/health').flatMap((one) => Object.keys(one.headers));
    expect([...new Set(headers)].sort()).toEqual(['accept', 'connection', 'host', 'user-agent']);
  });

  it('take an upstream out that fails, and back in when it works again', async () => {
    const { rig, jar, upstreams, first, second } = await startBefore(2, { healthCheck });
    const standing = async () => (await rig.app.coatcheck.checks()).upstreams['/api']?.[first.url];
    expect(await standing()).toBe('up');
    const recover = first.on('/health', 'always', faults.status(500));
    await until(async () => (await standing()) === 'unhealthy', 'an unhealthy upstream');
    for (let call = 0; call < 6; call += 1) expect((await jar.fetch('/api/x')).status).toBe(200);
    expect(hitsOf(upstreams)).toEqual([0, 6]);
    expect(rig.app.coatcheck.metrics()).toContain(`upstream="${first.url}"} 0\n`);
    expect(rig.app.coatcheck.metrics()).toContain(`upstream="${second.url}"} 1\n`);
    recover();
    await until(async () => (await standing()) === 'up', 'a healthy upstream');
    for (let call = 0; call < 4; call += 1) await jar.fetch('/api/x');
    expect(hitsOf(upstreams)).toEqual([2, 8]);
  });

  it.each([
    ['does not answer in time', faults.never()],
    ['breaks the connection', faults.reset()],
    ['redirects', faults.redirect('/login')],
  ])('count an upstream that %s as failed', async (_what, fault) => {
    const { jar, first } = await startBefore(1, { healthCheck });
    first.on('/health', 'always', fault);
    await until(async () => (await jar.fetch('/api/x')).status === 503, 'a refusal');
    const answer = await jar.fetch('/api/x');
    expect([answer.headers.get('coatcheck-problem'), answer.headers.get('retry-after')]).toEqual([
      'upstream_unreachable',
      '1',
    ]);
  });

  it('do not fail readiness', async () => {
    const { rig, first } = await startBefore(1, { healthCheck });
    await first.goDown();
    await until(async () => {
      const { store, upstreams } = await rig.app.coatcheck.checks();
      return store && upstreams['/api']?.[first.url] === 'unhealthy';
    }, 'an unhealthy upstream beside a store that works');
  });

  it('keep WebSockets from an upstream that fails', async () => {
    const { rig, first, second } = await startBefore(2, { healthCheck, websocket: true });
    first.on('/health', 'always', faults.status(503));
    await until(
      async () => (await rig.app.coatcheck.checks()).upstreams['/api']?.[first.url] === 'unhealthy',
      'an unhealthy upstream',
    );
    await Promise.all([1, 2, 3].map(() => openSocket(rig, undefined).opened));
    expect([first.webSockets.length, second.webSockets.length]).toEqual([0, 3]);
  });

  it('stop when the server does', async () => {
    const { rig, first } = await startBefore(1, { healthCheck });
    await until(() => first.hits('/health') > 0, 'a check');
    const gate = first.hold('/health');
    await gate.arrived;
    await rig.app.close();
    gate.release();
    const hits = first.hits('/health');
    // Ten intervals, in which nothing may come: there is nothing else to wait for.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(first.hits('/health')).toBe(hits);
    expect(first.connections).toBe(0);
  });
});
