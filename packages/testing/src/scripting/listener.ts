import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Where a test server listens. */
export interface ListenOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: any free port. */
  port?: number;
  /** PEM key and certificate; with these it speaks HTTPS. `clientCertificates`: asks for one, and takes any or none. */
  tls?: { key: string | Buffer; cert: string | Buffer; clientCertificates?: boolean };
}

export interface ListenHandlers {
  onRequest(request: IncomingMessage, response: ServerResponse): Promise<void>;
  onUpgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  onMalformed?(error: Error): void;
}

/** A port that can be closed and opened again. */
export interface Listener {
  /** Origin without a trailing slash. */
  url: string;
  port: number;
  /** Connections open now. */
  readonly connections: number;
  /** TCP connections accepted so far, also those on which no request came. */
  readonly accepted: number;
  /** Cuts every connection and refuses new ones. */
  goDown(): Promise<void>;
  /** Listens again on the same port. */
  comeBack(): Promise<void>;
  /** Goes down for good; rejects with what broke inside handlers, so that a broken script cannot hide. */
  close(): Promise<void>;
}

/** The certificate is judged by who asked for it. */
function mutual(clientCertificates = false) {
  return clientCertificates ? { requestCert: true, rejectUnauthorized: false } : {};
}

/** Starts listening. */
export async function listen(options: ListenOptions, handlers: ListenHandlers): Promise<Listener> {
  const host = options.host ?? '127.0.0.1';
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  let accepted = 0;

  const limits = { maxHeaderSize: 256 * 1024, requestTimeout: 0, keepAliveTimeout: 60_000 };
  const server: Server = options.tls
    ? createTlsServer({ ...limits, ...mutual(options.tls.clientCertificates), ...options.tls })
    : createServer(limits);
  server.maxHeadersCount = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // a peer that goes away is an everyday event here
  });
  server.on('request', (request, response) => {
    response.on('error', () => {});
    handlers.onRequest(request, response).catch((error: unknown) => {
      failures.push(error);
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(
        `The test server's script failed: ${error instanceof Error ? error.message : String(error)}`,
      );
    });
  });
  server.on('clientError', (error: Error, socket: Duplex) => {
    handlers.onMalformed?.(error);
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  if (handlers.onUpgrade) server.on('upgrade', handlers.onUpgrade);

  const open = async (port: number) => {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const goDown = async () => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  const port = await open(options.port ?? 0);
  return {
    url: `${options.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    get connections() {
      return sockets.size;
    },
    get accepted() {
      return accepted;
    },
    goDown,
    async comeBack() {
      if (!server.listening) await open(port);
    },
    async close() {
      await goDown();
      if (failures.length > 0)
        throw new AggregateError(failures, `Handlers of ${port} failed: ${failures.join('; ')}`);
    },
  };
}
