import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeCertificate } from '@coatcheck/testing';
import { onTestFinished } from 'vitest';
import { loadConfig } from '../src/config/load.ts';
import { type Running, serve } from '../src/serve.ts';
import { configFile, ownFolder, workingConfig } from './command.ts';

export interface Server {
  readonly running: Running;
  readonly origin: string;
  readonly port: number;
  readonly ca: string;
  /** What reached the API. */
  readonly received: http.IncomingMessage[];
}

/**
 * A server that ends TLS itself, in front of an API whose `/api` anybody may call. Closed when the test ends.
 *
 * @param tls more of its `tls`; what follows is more of its options
 */
export async function startServer(
  api: http.RequestListener,
  tls: object = {},
  { listen, ...rest }: { readonly listen?: object; readonly [option: string]: unknown } = {},
): Promise<Server> {
  const received: http.IncomingMessage[] = [];
  const upstream = http.createServer((request, response) => {
    received.push(request);
    api(request, response);
  });
  const upstreamPort = await listening(upstream);
  const { cert, key } = await makeCertificate();
  const folder = ownFolder();
  writeFileSync(join(folder, 'cert.pem'), cert);
  writeFileSync(join(folder, 'key.pem'), key);
  const placeholder = http.createServer();
  const port = await listening(placeholder);
  await new Promise((resolve) => placeholder.close(resolve));
  const origin = `https://localhost:${port}`;
  const config = {
    ...workingConfig(),
    publicUrl: origin,
    tls: { cert: 'cert.pem', key: 'key.pem', ...tls },
    routes: [
      {
        prefix: '/api',
        upstream: `http://127.0.0.1:${upstreamPort}`,
        session: 'none',
        websocket: true,
        bodyLimit: 2_000_000,
      },
    ],
    log: { level: 'silent' },
    ...rest,
    listen: { ...listen, port },
  };
  const running = await serve(loadConfig(configFile(config, folder), {}));
  onTestFinished(async () => {
    await running.close();
    upstream.closeAllConnections();
    upstream.close();
  });
  return { running, origin, port, ca: cert, received };
}

async function listening(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Opens a connection of HTTP/2. Destroyed when the test ends. */
export async function connect({ origin, ca }: Server, options: http2.SecureClientSessionOptions = {}) {
  const session = http2.connect(origin, { ca, ...options });
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  await once(session, 'connect');
  return session;
}

export interface Answer {
  readonly status: number;
  readonly headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader;
  readonly trailers: http2.IncomingHttpHeaders;
  readonly hints: http2.IncomingHttpHeaders[];
  readonly body: Buffer;
  /** Of the end of the stream (RFC 9113 §7). */
  readonly code: number;
}

/** A call as our own pages make it. */
export const own = { 'sec-fetch-site': 'same-origin' };

/** Reads an answer to its end, however it comes. */
export async function answerTo(stream: http2.ClientHttp2Stream): Promise<Answer> {
  const chunks: Buffer[] = [];
  const hints: http2.IncomingHttpHeaders[] = [];
  let headers: Answer['headers'] = {};
  let trailers: http2.IncomingHttpHeaders = {};
  stream.on('response', (fields) => (headers = fields));
  stream.on('headers', (fields) => hints.push(fields));
  stream.on('trailers', (fields) => (trailers = fields));
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', () => {});
  // Node's client does not say that a stream closed whose upload was stopped by the server.
  await new Promise((resolve) => stream.once('close', resolve).once('end', () => setImmediate(resolve)));
  const { rstCode: code = 0 } = stream;
  return { status: headers[':status'] ?? 0, headers, trailers, hints, body: Buffer.concat(chunks), code };
}

/** Makes a call and reads the answer. */
export function call(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
  body?: Buffer | string,
): Promise<Answer> {
  const stream = session.request({ ...own, ...headers }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return answerTo(stream);
}
