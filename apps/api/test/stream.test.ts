import { get, type IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from './support/api.ts';
import {
  type AuthorizationServer,
  portOf,
  startAuthorizationServer,
} from './support/authorization-server.ts';

let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

interface Tick {
  readonly id: number;
  readonly count: number;
  readonly subject: string;
  readonly receivedAt: number;
}

/** Opens the stream over a real socket; `next()` waits for an event, `ended` for the end of the answer. */
async function open(app: FastifyInstance, path: string, headers: Record<string, string>) {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  const options = { host: '127.0.0.1', port: portOf(app.server.address()), path, headers, agent: false };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(options, resolve).on('error', reject);
  });
  const frames = framesOf(response.setEncoding('utf8'));
  return {
    response,
    next: async (): Promise<Tick> => {
      const frame = await frames.next();
      if (frame.done) throw new Error('the stream ended');
      const [id, data] = frame.value.split('\n');
      return { id: Number(id?.slice(4)), ...JSON.parse(data?.slice(6) ?? ''), receivedAt: Date.now() };
    },
    ended: async (): Promise<boolean> => {
      for (let frame = await frames.next(); !frame.done; frame = await frames.next());
      return true;
    },
  };
}

async function* framesOf(response: AsyncIterable<string>): AsyncGenerator<string> {
  let text = '';
  for await (const chunk of response) {
    const frames = (text + chunk).split('\n\n');
    text = frames.pop() ?? '';
    yield* frames.filter((frame) => frame.startsWith('id:'));
  }
}

describe('GET /api/stream', () => {
  it('sends a counter and the subject, each event as it occurs', async () => {
    const app = await startApi(idp.issuer);
    const stream = await open(app, '/api/stream?interval=150', idp.bearer());
    expect(stream.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers['cache-control']).toBe('no-store');
    const ticks = [await stream.next(), await stream.next(), await stream.next()];
    expect(ticks.map(({ id, count, subject }) => [id, count, subject])).toEqual([
      [1, 1, 'alice'],
      [2, 2, 'alice'],
      [3, 3, 'alice'],
    ]);
    const [first, , third] = ticks;
    expect((third?.receivedAt ?? 0) - (first?.receivedAt ?? 0)).toBeGreaterThan(200);
    stream.response.destroy();
  });

  it.each([
    ['41', 42],
    ['0', 1],
    ['-1', 1],
    ['x', 1],
    ['9'.repeat(30), 1],
  ])('goes on after Last-Event-ID %s', async (lastEventId, count) => {
    const app = await startApi(idp.issuer);
    const stream = await open(app, '/api/stream', { ...idp.bearer(), 'last-event-id': lastEventId });
    expect(await stream.next()).toMatchObject({ id: count, count });
    stream.response.destroy();
  });

  it('stops working when the client leaves', async () => {
    let asked = 0;
    const clock = () => {
      asked += 1;
      return Date.now();
    };
    const app = await startApi(idp.issuer, { clock });
    const callsDuringThreeTicks = async () => {
      const stream = await open(app, '/api/stream?interval=100', idp.bearer());
      await stream.next();
      const before = asked;
      for (let i = 0; i < 3; i += 1) await stream.next();
      const calls = asked - before;
      stream.response.destroy();
      await expect.poll(() => connections(app)).toBe(0);
      return calls;
    };
    const alone = await callsDuringThreeTicks();
    const afterAnotherLeft = await callsDuringThreeTicks();
    expect(afterAnotherLeft).toBeLessThan(1.5 * alone);
  });

  it('ends when the token expires', async () => {
    let now = Date.now();
    const app = await startApi(idp.issuer, { clock: () => now });
    const exp = Math.floor(now / 1000) + 60;
    const stream = await open(app, '/api/stream?interval=100', idp.bearer({ exp }));
    await stream.next();
    now = exp * 1000;
    expect(await stream.ended()).toBe(true);
    expect(stream.response.complete).toBe(true);
  });

  it('ends when the server stops, which does not wait for it', async () => {
    const app = await startApi(idp.issuer);
    const stream = await open(app, '/api/stream?interval=60000', idp.bearer());
    await stream.next();
    await Promise.all([app.close(), stream.ended()]);
    expect(stream.response.complete).toBe(true);
  });

  it('has no HEAD', async () => {
    const app = await startApi(idp.issuer);
    const response = await app.inject({ method: 'HEAD', url: '/api/stream', headers: idp.bearer() });
    expect(response.statusCode).toBe(404);
  });

  it.each(['99', '60001', 'x', '1e9', ''])('interval %j: 400', async (interval) => {
    const app = await startApi(idp.issuer);
    const response = await app.inject({ url: '/api/stream', query: { interval }, headers: idp.bearer() });
    expect(response.statusCode).toBe(400);
  });
});

function connections(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) => {
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}
