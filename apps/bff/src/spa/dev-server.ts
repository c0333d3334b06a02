import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { sendProblem } from '@coatcheck/bff';
import type { FastifyInstance } from 'fastify';

/**
 * Passes what is not ours to a development server, its WebSocket too, so that `vite dev` runs behind our origin. For
 * development alone: no cookie goes along.
 *
 * @param url of the development server
 */
export function serveDevServer(app: FastifyInstance, url: string): void {
  const target = new URL(url);

  app.setNotFoundHandler((request, reply) => {
    const upstream = httpRequest(
      target,
      { method: request.method, path: request.raw.url, headers: passedOn(request.headers, target) },
      (response) => {
        reply.hijack();
        reply.raw.writeHead(response.statusCode ?? 502, ofMessage(response.headers));
        response.pipe(reply.raw);
      },
    );
    upstream.on('error', () => {
      if (!reply.sent)
        sendProblem(request, reply, { code: 'upstream_unreachable', privateDetail: 'development server' });
    });
    request.raw.pipe(upstream);
  });

  const open = new Set<Duplex>();
  // A server waits for its connections before it stops, and these would not end.
  app.addHook('preClose', async () => {
    for (const socket of open) socket.destroy();
  });
  app.coatcheck.serveOtherUpgrades((request, socket, head) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const upstream = httpRequest(target, {
      path: request.url,
      headers: { ...passedOn(request.headers, target), connection: 'Upgrade', upgrade: 'websocket' },
    });
    upstream.on('upgrade', (response, upstreamSocket, upstreamHead) => {
      const lines = response.rawHeaders.flatMap((name, index) =>
        index % 2 === 0 ? [`${name}: ${response.rawHeaders[index + 1]}`] : [],
      );
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      socket.write(upstreamHead);
      upstreamSocket.write(head);
      upstreamSocket.pipe(socket).pipe(upstreamSocket);
      for (const one of [socket, upstreamSocket])
        one.on('error', () => [socket, upstreamSocket].map((end) => end.destroy()));
    });
    upstream.on('response', () => socket.destroy());
    upstream.on('error', () => socket.destroy());
    upstream.end();
  });
}

function passedOn({ cookie: _, ...headers }: IncomingHttpHeaders, target: URL): IncomingHttpHeaders {
  return { ...ofMessage(headers), host: target.host };
}

/** Without the pseudo-header fields of HTTP/2, and what HTTP/2 cannot have. */
function ofMessage(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const entries = Object.entries(headers);
  return Object.fromEntries(entries.filter(([name]) => name[0] !== ':' && !ofConnections.has(name)));
}

const ofConnections: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
