import { describe, expect, it } from 'vitest';
import { until } from '../../rig.ts';
import { startBefore } from '../upstream-rig.ts';
import { openSocket } from './sockets.ts';

const webSocketsOf = (upstreams: Awaited<ReturnType<typeof startBefore>>['upstreams']) =>
  upstreams.map(({ webSockets }) => webSockets.length);

describe('WebSockets to several upstreams', () => {
  it('go where the fewest are', async () => {
    const { rig, upstreams } = await startBefore(2, { websocket: true });
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => openSocket(rig, undefined)));
    await Promise.all([first?.opened, second?.opened, third?.opened]);
    const [some = 0, others = 0] = webSocketsOf(upstreams);
    expect([some, others].sort()).toEqual([1, 2]);
    const fuller = some > others ? 0 : 1;
    for (const socket of upstreams[fuller]?.webSockets ?? []) socket.close();
    await until(() => upstreams[fuller]?.connections === 0, 'an upstream without WebSockets');
    await openSocket(rig, undefined).opened;
    expect(webSocketsOf(upstreams)[fuller]).toBe(3);
  });

  it('go to another where the first cannot be reached, each with one place', async () => {
    const { rig, jar, upstreams, first } = await startBefore(2, {
      websocket: true,
      session: 'required',
      websocketsPerSession: 3,
      circuitBreaker: { failures: 0 },
    });
    await rig.signIn(jar);
    await first.goDown();
    for (let page = 0; page < 3; page += 1) await openSocket(rig, jar).opened;
    expect(webSocketsOf(upstreams)).toEqual([0, 3]);
    expect((await openSocket(rig, jar).refused).code).toBe('too_many_websockets');
    for (const socket of upstreams[1]?.webSockets ?? []) socket.close();
    await until(async () => {
      const page = openSocket(rig, jar);
      return Promise.race([page.opened.then(() => true), page.refused.then(() => false)]);
    }, 'room for another');
  });

  it.each([
    ['none can be reached', {}, 2],
    ['the route tries once', { retries: { attempts: 1 } }, 1],
    ['the route retries nothing', { retries: { on: [] } }, 1],
  ])('are refused where %s', async (_what, route, down) => {
    const off = { circuitBreaker: { failures: 0 } };
    const { rig, upstreams } = await startBefore(2, { websocket: true, ...off, ...route });
    for (const upstream of upstreams.slice(0, down)) await upstream.goDown();
    expect((await openSocket(rig, undefined).refused).status).toBe(502);
  });
});
