import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  makeCertificate,
  openConnection,
  rawRequest,
  startUpstream,
  type Upstream,
} from '@coatcheck/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { serve } from '../src/serve.ts';
import { configFile, ownFolder, workingConfig } from './command.ts';

/** A server in front of an upstream whose `/api` lets anybody's WebSockets through. */
async function startServer(over: (upstream: Upstream, folder: string, port: number) => object = () => ({})) {
  const upstream = await startUpstream();
  const folder = ownFolder();
  const port = await freePort();
  const config = {
    ...workingConfig(),
    listen: { port },
    publicUrl: `http://localhost:${port}`,
    routes: [{ prefix: '/api', upstream: upstream.url, session: 'none', websocket: true }],
    log: { level: 'silent' },
    ...over(upstream, folder, port),
  };
  const running = await serve(loadConfig(configFile(config, folder), {}));
  onTestFinished(async () => {
    await running.close();
    await upstream.close();
  });
  return { running, upstream, port, url: running.app.coatcheck.parts.settings.publicUrl.origin };
}

interface Handshake {
  readonly path?: string;
  readonly origin?: string;
  readonly upgrade?: string;
  readonly cookie?: string;
}

function handshake(
  url: string,
  { path = '/api/ws', origin = url, upgrade = 'websocket', cookie }: Handshake,
) {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Origin: ${origin}`,
    ...(cookie === undefined ? [] : [`Cookie: ${cookie}`]),
    'Sec-Fetch-Site: same-origin',
    'Connection: Upgrade',
    `Upgrade: ${upgrade}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
}

/** A masked text frame, “hi” (RFC 6455 §5.2). */
const hi = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);

describe('upgrades at the server', () => {
  it.each(['http', 'https'])('relays a WebSocket over %s', async (scheme) => {
    const { cert, key } = await makeCertificate();
    const { port, url } = await startServer((_upstream, folder, free) => {
      if (scheme === 'http') return {};
      writeFileSync(join(folder, 'cert.pem'), cert);
      writeFileSync(join(folder, 'key.pem'), key);
      return { publicUrl: `https://localhost:${free}`, tls: { cert: 'cert.pem', key: 'key.pem' } };
    });
    const tls = scheme === 'https' ? { tls: true as const } : {};
    const connection = await openConnection({ host: 'localhost', port, ...tls });
    await connection.write(`${handshake(url, {}).join('\r\n')}\r\n\r\n`);
    expect((await connection.read()).status).toBe(101);
    await connection.write(hi);
    await expect.poll(() => connection.unread.toString('latin1')).toContain('hi');
    connection.destroy();
  });

  it('ignores an offer of another protocol, as it may (RFC 9110 §7.8)', async () => {
    const { port, url } = await startServer();
    const answer = await rawRequest({ host: 'localhost', port, lines: handshake(url, { upgrade: 'h2c' }) });
    expect(answer.status).toBe(200);
  });

  it('passes the WebSocket of a development server on from our own origin alone, without cookies', async () => {
    const { port, url, upstream } = await startServer((dev) => ({ spa: { devServer: dev.url } }));
    const path = '/?token=abc';
    const foreign = handshake(url, { path, origin: 'https://evil.example' });
    expect((await rawRequest({ host: 'localhost', port, lines: foreign })).status).toBe(403);
    expect(upstream.hits()).toBe(0);

    const connection = await openConnection({ host: 'localhost', port });
    await connection.write(`${handshake(url, { path, cookie: 'a=b' }).join('\r\n')}\r\n\r\n`);
    expect((await connection.read()).status).toBe(101);
    await connection.write(hi);
    await expect.poll(() => connection.unread.toString('latin1')).toContain('hi');
    expect(upstream.requests[0]).toMatchObject({ target: path });
    expect(upstream.requests[0]?.headers.cookie).toBeUndefined();
    connection.destroy();
  });

  it('stops in time although WebSockets are open, and tells them to connect again', async () => {
    const { running, port, url } = await startServer();
    const connection = await openConnection({ host: 'localhost', port });
    await connection.write(`${handshake(url, {}).join('\r\n')}\r\n\r\n`);
    expect((await connection.read()).status).toBe(101);
    const closing = running.close();
    // A close frame with 1012, service restart.
    await expect.poll(() => connection.unread.subarray(0, 4).toString('hex')).toMatch(/^88..03f4$/);
    connection.destroy();
    await closing;
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
