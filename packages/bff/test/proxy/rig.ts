import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { onTestFinished, vi } from 'vitest';
import { discardContent, requestBody } from '../../src/proxy/body.ts';
import { createDispatchers, type Upstream, type UpstreamOptions } from '../../src/proxy/dispatchers.ts';
import { requestHeaders, requestNames } from '../../src/proxy/request-headers.ts';
import {
  earlyHints,
  responseHeaders,
  responseRules,
  responseTrailers,
} from '../../src/proxy/response-headers.ts';
import { type Exchange, type ExchangeTimeouts, type Outcome, send } from '../../src/proxy/send.ts';

export const token = 'canary-access-token';

export interface RigOptions {
  readonly upstream?: Partial<UpstreamOptions>;
  readonly timeouts?: Partial<ExchangeTimeouts>;
  readonly bodyLimit?: number;
  readonly lane?: 'calls' | 'streams';
  readonly interceptInvalidToken?: boolean;
}

/** A plain `node:http` server in front of an upstream, with nothing of the BFF but the pieces under test. */
export interface Rig {
  readonly port: number;
  readonly server: http.Server;
  readonly upstream: Upstream;
  /** In the order in which they came. */
  readonly outcomes: Outcome[];
  /** Closes the pools. */
  close(): Promise<void>;
}

const patient: ExchangeTimeouts = { wait: 10_000, headers: 10_000, body: 10_000, stall: 10_000 };

/** Starts a front for an upstream that listens on a port of the loopback. Closed when the test ends. */
export async function startFront(upstreamPort: number, options: RigOptions = {}): Promise<Rig> {
  const origin = `http://127.0.0.1:${upstreamPort}`;
  const dispatchers = createDispatchers([
    { origin, connections: 64, waiting: 2_000, streams: 10, connectTimeout: 5_000, ...options.upstream },
  ]);
  const upstream = dispatchers.upstream(options.upstream?.origin ?? origin);
  const outcomes: Outcome[] = [];
  const server = http.createServer((request, response) => {
    const read = requestBody(request, { limit: options.bodyLimit ?? 1 << 30 });
    if (read.kind !== 'ok') {
      problem(response, 413, read.kind);
      discardContent(request);
      return;
    }
    const exchange = exchangeOf(request, response, upstream, options, read.body);
    const attempt = (replay: boolean) => {
      const intercept = !replay && (options.interceptInvalidToken ?? false);
      send(
        upstream[options.lane ?? 'calls'],
        { ...exchange, interceptsInvalidToken: () => intercept },
        (outcome) => {
          outcomes.push(outcome);
          if (outcome.kind === 'failed') {
            read.body.discard();
            problem(response, 502, outcome.code);
          }
          if (outcome.kind !== 'token_refused') return;
          if (read.body.isReplayable()) attempt(true);
          else problem(response, 503, 'not_replayable');
        },
      );
    };
    attempt(false);
  });
  const port = await listen(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await dispatchers.destroy();
  });
  return { port, server, upstream, outcomes, close: () => dispatchers.close() };
}

function exchangeOf(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  upstream: Upstream,
  options: RigOptions,
  body: Exchange['body'],
): Exchange {
  const { method = '', url: path = '', rawHeaders, httpVersion } = request;
  const made = requestHeaders({
    rawHeaders,
    upstreamHost: new URL(upstream.origin).host,
    token: { type: 'Bearer', value: token },
    forwarded: { for: '127.0.0.1', host: 'app.example', proto: 'https' },
    requestId: 'r',
    names: requestNames(new Set()),
    randomHex: (bytes) => '1'.repeat(bytes * 2),
  });
  if (made.kind !== 'ok') throw new Error(made.kind);
  const rules = responseRules({ ownCookie: '__Host-Http-coatcheck' });
  const context = {
    method,
    httpVersion,
    token,
    upstreamOrigin: upstream.origin,
    upstreamPath: '',
    prefix: '',
    requestPath: path,
  };
  return {
    request,
    response,
    method,
    path,
    headers: made.headers,
    body,
    boundary: null,
    relay: {
      headers: (status, raw) => responseHeaders(status, raw, rules, context),
      trailers: (raw) => responseTrailers(raw, rules, token),
      hints: (raw) => earlyHints(raw, context),
    },
    interceptsInvalidToken: () => false,
    timeouts: { ...patient, ...options.timeouts },
  };
}

function problem(response: http.ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'coatcheck-problem': code }).end(code);
}

/** Starts an upstream of `node:http`. */
export async function startUpstream(onRequest: http.RequestListener) {
  const server = http.createServer(onRequest);
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, server };
}

/** Starts an upstream that answers in bytes. `onHead` is called with the text of each request's head. */
export async function startRawUpstream(onHead: (socket: net.Socket, head: string) => void) {
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end !== -1; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4);
        if (/ HTTP\/1\.1\r\n/.test(head)) onHead(socket, head);
      }
    });
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, server, sockets };
}

export async function listen(server: net.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return address.port;
}

export interface Received {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly trailers: Record<string, string | undefined>;
  readonly body: Buffer;
  /** False if the connection ended before the content did. */
  readonly complete: boolean;
}

/** Makes one request as a browser would, and reads the answer to its end. Never follows or decodes anything. */
export function fetchRaw(
  port: number,
  path: string,
  options: http.RequestOptions & { body?: Buffer | string } = {},
): Promise<Received> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...rest }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => {});
      response.on('close', () => {
        const { statusCode: status = 0, headers, rawHeaders, trailers, complete } = response;
        resolve({ status, headers, rawHeaders, trailers, body: Buffer.concat(chunks), complete });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Sends bytes and reads whatever comes until the other side ends. */
export function talk(port: number, bytes: string): Promise<{ text: string; reset: boolean }> {
  return new Promise((resolve) => {
    let text = '';
    let reset = false;
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => {
      reset = true;
    });
    socket.on('close', () => resolve({ text, reset }));
  });
}

/** How many connections a server holds. */
export function connections(server: net.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });
}

/** Waits until the check no longer throws. */
export function until(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 });
}
