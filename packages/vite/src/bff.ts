import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type CoatcheckOptions, coatcheck } from '@coatcheck/bff';
import fastify, { type FastifyBaseLogger } from 'fastify';

/** The BFF without a port of its own: Vite's server hands it what is for it. */
export interface MountedBff {
  serve(request: IncomingMessage, response: ServerResponse): void;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/**
 * Composes the BFF on a server that never listens.
 *
 * @throws ConfigError that names every problem of the options at once
 */
export async function mountBff(options: CoatcheckOptions, log: FastifyBaseLogger): Promise<MountedBff> {
  const server = createServer();
  const app = fastify({
    loggerInstance: log,
    serverFactory(handler) {
      server.on('request', handler);
      return server;
    },
    routerOptions: { maxParamLength: 8_192 },
  });
  try {
    await app.register(coatcheck, options);
    await app.ready();
  } catch (error) {
    await app.close().catch(() => {});
    throw error;
  }
  return {
    serve: (request, response) => server.emit('request', request, response),
    upgrade(request, socket, head) {
      // Where no route takes WebSockets, nobody listens, and the browser would wait for an answer.
      if (!server.emit('upgrade', request, socket, head)) {
        socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      }
    },
    close: async () => {
      await app.close();
    },
  };
}
