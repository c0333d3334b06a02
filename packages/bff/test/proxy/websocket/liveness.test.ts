import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket, WebSocketServer } from 'ws';
import { type Relay, relay } from '../../../src/proxy/websocket/relay.ts';

const message = Buffer.alloc(256 * 1024);

/** Two clients with a relay between their servers' sides. */
async function startRelay(bounds: { stall?: number; heartbeat?: number }, browser: ClientOptions = {}) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const connect = async (options: ClientOptions) => {
    const accepted = once(server, 'connection');
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
    onTestFinished(() => client.terminate());
    client.on('error', () => {});
    const [ours]: WebSocket[] = await accepted;
    if (!ours) throw new Error('not accepted');
    onTestFinished(() => ours.terminate());
    await once(client, 'open');
    return { client, ours };
  };
  const page = await connect(browser);
  const api = await connect({});
  const relayed: Relay = relay({
    browser: page.ours,
    upstream: api.ours,
    onUse: () => {},
    mayReach: () => true,
    mayPass: () => true,
    highWaterMark: 64 * 1024,
    stall: 60_000,
    heartbeat: 60_000,
    ...bounds,
  });
  return { page: page.client, api: api.client, relayed };
}

it('cuts a browser that answers no ping, and tells the upstream', async () => {
  const { api, relayed } = await startRelay({ heartbeat: 50 }, { autoPong: false });
  const [code] = await once(api, 'close');
  expect(code).toBe(1001);
  await relayed.closed;
});

it('keeps those who answer, however long they say nothing', async () => {
  const { page, api } = await startRelay({ heartbeat: 20 });
  let pings = 0;
  page.on('ping', () => {
    pings += 1;
  });
  await expect.poll(() => pings, { timeout: 5_000 }).toBeGreaterThan(10);
  expect([page.readyState, api.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
});

it('takes no ping for unanswered while it does not read the one who should answer', async () => {
  const { page, api } = await startRelay({ heartbeat: 1_000 });
  api.pause();
  for (let i = 0; i < 100; i += 1) page.send(message);
  await expect.poll(() => page.bufferedAmount).toBeGreaterThan(0);
  const started = performance.now();
  await expect.poll(() => performance.now() - started, { timeout: 5_000 }).toBeGreaterThan(2_400);
  api.resume();
  let received = 0;
  api.on('message', () => {
    received += 1;
  });
  await expect.poll(() => received, { timeout: 10_000 }).toBe(100);
  expect(page.readyState).toBe(WebSocket.OPEN);
});

it('takes nobody for dead because this process stood still', async () => {
  const { page, api } = await startRelay({ heartbeat: 50 });
  let pings = 0;
  page.on('ping', () => {
    pings += 1;
  });
  for (let stops = 1; stops <= 5; stops += 1) {
    await expect.poll(() => pings, { timeout: 5_000 }).toBeGreaterThanOrEqual(stops);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 120);
  }
  expect([page.readyState, api.readyState]).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
});

it('ends both sides when a browser does not read for too long', async () => {
  const { page, api, relayed } = await startRelay({ stall: 100 });
  page.pause();
  for (let i = 0; i < 200; i += 1) api.send(message);
  const [code] = await once(api, 'close');
  expect(code).toBe(1001);
  page.terminate();
  await relayed.closed;
});

it('ends both sides when an upstream does not read for too long', async () => {
  const { page, api, relayed } = await startRelay({ stall: 100 });
  api.pause();
  for (let i = 0; i < 200; i += 1) page.send(message);
  const [code] = await once(page, 'close');
  expect(code).toBe(1014);
  api.terminate();
  await relayed.closed;
});
