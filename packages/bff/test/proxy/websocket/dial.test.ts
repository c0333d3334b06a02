import http from 'node:http';
import https from 'node:https';
import { generate } from 'selfsigned';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { type Dialled, type DialOptions, dial } from '../../../src/proxy/websocket/dial.ts';
import { listen } from '../rig.ts';

function dialled(options: Pick<DialOptions, 'origin'> & Partial<DialOptions>): Promise<Dialled> {
  return new Promise((resolve) => {
    const given = { path: '/ws', headers: [], protocols: [], messageLimit: 1_000, timeout: 10_000 };
    dial({ ...given, ca: null, clientCertificate: null, ...options }, (result) => {
      if (result.kind === 'open') onTestFinished(() => result.socket.terminate());
      resolve(result);
    });
  });
}

async function startUpstream(server: http.Server | https.Server) {
  const accepting = new WebSocketServer({ server });
  let opened = 0;
  accepting.on('connection', () => {
    opened += 1;
  });
  const port = await listen(server);
  onTestFinished(() => {
    accepting.close();
    server.closeAllConnections();
    server.close();
  });
  return { port, opened: () => opened };
}

async function startTlsUpstream() {
  const made = await generate([{ name: 'commonName', value: 'upstream.test' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const upstream = await startUpstream(https.createServer({ key: made.private, cert: made.cert }));
  return { ...upstream, ca: made.cert, origin: `https://127.0.0.1:${upstream.port}` };
}

test('CVE-2026-107318, advisory 1: no handshake where nobody vouches for the certificate', async () => {
  const { origin, opened } = await startTlsUpstream();
  expect(await dialled({ origin })).toMatchObject({ kind: 'failed', code: 'upstream_unreachable' });
  expect(opened()).toBe(0);
});

test('nor where the environment switches verification off', async () => {
  const { origin, opened } = await startTlsUpstream();
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  onTestFinished(() => {
    delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  });
  expect((await dialled({ origin })).kind).toBe('failed');
  expect(opened()).toBe(0);
});

test('GHSA-hwqh-2684-54fc, advisory 71: the configured authority is the one that counts', async () => {
  const { origin, ca, opened } = await startTlsUpstream();
  expect((await dialled({ origin, ca })).kind).toBe('open');
  expect(opened()).toBe(1);
});

test('a redirect is the answer, and goes nowhere', async () => {
  const elsewhere = await startUpstream(http.createServer());
  const server = http.createServer();
  server.on('upgrade', (_request, socket) => {
    const location = `http://127.0.0.1:${elsewhere.port}/ws`;
    socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
  });
  const port = await listen(server);
  onTestFinished(() => void server.close());
  const result = await dialled({ origin: `http://127.0.0.1:${port}` });
  expect(result.kind === 'answered' && result.response.statusCode).toBe(302);
  if (result.kind === 'answered') result.response.destroy();
  expect(elsewhere.opened()).toBe(0);
});
