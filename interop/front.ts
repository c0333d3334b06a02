import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { TLSSocket } from 'node:tls';
import type { Certificate } from '@coatcheck/testing';

/** A request that went through a front, with the status of its answer. */
export interface PassedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Empty where the body is no form. */
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly status: number;
  /** Members of the answer; empty where it is no JSON object. */
  readonly answer: Readonly<Record<string, unknown>>;
}

type Members = Record<string, unknown>;

/** What changes the JSON answers of a path. */
export type Rewrite = (answer: Members) => Members | Promise<Members>;

/**
 * Stands before a real server, at the address that everybody knows it by: it records what is said, and can falsify the
 * server's answers, which no real server does on demand.
 */
export interface Front {
  readonly origin: string;
  /** In the order in which the answers ended. */
  readonly passed: readonly PassedRequest[];
  /** Names the port on 127.0.0.1 where the server listens; what came before waits for this. */
  open(port: number): void;
  /** Changes the JSON answers to a path until the returned function is called. */
  rewrite(path: string, change: Rewrite): () => void;
  close(): Promise<void>;
}

/** Where a front that ends TLS tells the server which certificate the client showed: PEM, percent-encoded. */
export const certificateHeader = 'x-client-certificate';

/** @param certificate with one it ends TLS, and asks clients for theirs */
export async function startFront(certificate?: Certificate): Promise<Front> {
  const passed: PassedRequest[] = [];
  const rewrites = new Map<string, Rewrite>();
  const opened = Promise.withResolvers<number>();
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  };
  const server = certificate
    ? createTlsServer({ ...certificate, requestCert: true, rejectUnauthorized: false }, answer)
    : createServer(answer);

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const port = await opened.promise;
    const forwarded = request({
      host: '127.0.0.1',
      port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, ...seenOf(incoming), 'accept-encoding': 'identity' },
      agent: false,
    });
    const arrival = once(forwarded, 'response');
    forwarded.end(body);
    const [answer]: IncomingMessage[] = await arrival;
    if (!answer) throw new Error('no answer');
    const url = new URL(incoming.url ?? '/', front.origin);
    const content = await read(answer);
    const members = membersOf(answer, content);
    const change = rewrites.get(url.pathname);
    const sent = change && members ? Buffer.from(JSON.stringify(await change(members))) : content;
    passed.push({
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      form: new URLSearchParams(isForm(incoming) ? body.toString() : ''),
      headers: incoming.headers,
      status: answer.statusCode ?? 0,
      answer: members ?? {},
    });
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
    outgoing.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': sent.length });
    outgoing.end(incoming.method === 'HEAD' ? undefined : sent);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const front: Front = {
    origin: `${certificate ? 'https' : 'http'}://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    passed,
    open: (port) => opened.resolve(port),
    rewrite(path, change) {
      rewrites.set(path, change);
      return () => void rewrites.delete(path);
    },
    async close() {
      opened.reject(new Error('closed'));
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  opened.promise.catch(() => {}); // Whoever waited for it tells.
  return front;
}

/** What a server behind a proxy that ends TLS is told. */
function seenOf({ socket }: IncomingMessage): Record<string, string> {
  if (!(socket instanceof TLSSocket)) return {};
  const shown = socket.getPeerX509Certificate()?.toString();
  return {
    'x-forwarded-proto': 'https',
    ...(shown === undefined ? {} : { [certificateHeader]: encodeURIComponent(shown) }),
  };
}

async function read(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts);
}

function isForm(message: IncomingMessage): boolean {
  return (message.headers['content-type'] ?? '').includes('x-www-form-urlencoded');
}

function membersOf(message: IncomingMessage, content: Buffer): Members | undefined {
  if (!/json/.test(message.headers['content-type'] ?? '')) return undefined;
  try {
    const value: unknown = JSON.parse(content.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
