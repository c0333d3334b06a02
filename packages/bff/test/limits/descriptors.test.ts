import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import fastify from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import { shareDescriptors } from '../../src/limits/descriptors.ts';
import { descriptorLimit } from '../../src/observe/descriptors.ts';
import { ConfigError } from '../../src/options/problems.ts';
import { capsFor } from '../../src/proxy/caps.ts';

test('the system tells the limit of this process', () => {
  expect(descriptorLimit()).toBeGreaterThan(100);
});

test.each([256, 300, 1_024, 4_096, 20_000, 65_536, 1_048_576])('all shares of %i fit into it', (limit) => {
  for (const upstreams of [0, 1, 2, 10]) {
    const { connections, streams, webSockets, clients, longLived } = capsFor(limit, upstreams);
    expect((clients ?? 0) + upstreams * (connections + streams + webSockets)).toBeLessThan(limit - 100);
    expect(Math.min(connections, streams, webSockets, longLived)).toBeGreaterThan(0);
    expect(longLived).toBeLessThanOrEqual((clients ?? 0) / 2);
  }
});

test('a server with descriptors enough has all it wants', () => {
  expect(capsFor(65_536, 3)).toMatchObject({ connections: 256, streams: 1_024, webSockets: 4_096 });
  expect(capsFor(undefined, 3)).toMatchObject({ connections: 256, clients: null });
});

test('too few to serve are a problem of the configuration', () => {
  const app = fastify();
  expect(() => shareDescriptors(app, 255, 1, Date.now)).toThrow(ConfigError);
  expect(() => shareDescriptors(app, 255, 1, Date.now)).toThrow(/ulimit -n.*256/);
});

test('a limit that the program has set itself stands', () => {
  const app = fastify();
  app.server.maxConnections = 7;
  shareDescriptors(app, 1_024, 1, Date.now);
  expect(app.server.maxConnections).toBe(7);
});

test('a connection beyond the share is closed at once, those within it are served, and the log tells of it once', async () => {
  const lines: string[] = [];
  const app = fastify({
    forceCloseConnections: true,
    logger: { level: 'warn', stream: { write: (line: string) => lines.push(line) } },
  });
  app.get('/', () => 'served');
  const { clients } = shareDescriptors(app, 256, 1, Date.now);
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;

  const within = await Promise.all(Array.from({ length: clients ?? 0 }, () => open(port)));
  for (let i = 0; i < 3; i++) expect(await answer(await open(port))).toBe('');
  expect(await answer(within.pop() ?? (await open(port)))).toContain('served');
  expect(lines.filter((line) => line.includes('new ones are closed'))).toHaveLength(1);

  const [leaving] = within;
  leaving?.destroy();
  await expect.poll(async () => answer(await open(port))).toContain('served');
  for (const socket of within) socket.destroy();
});

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** What comes until the other side ends. */
async function answer(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}
