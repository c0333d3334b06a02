import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { isLoopback } from '@coatcheck/bff';
import type { ViteDevServer } from 'vite';
import { type Development, startDevelopment } from './development.ts';
import type { CoatcheckViteOptions } from './options.ts';
import { territoryOf } from './territory.ts';

/** What of Coatcheck belongs to one run of Vite's server. */
export interface Stage {
  close(): Promise<void>;
}

/**
 * Puts the BFF before everything else of Vite's server, as it stands before everything else in production: Vite's own
 * CORS headers and host check are not for its routes, which have stricter rules. It starts when Vite's port is known.
 */
export function mountOn(server: ViteDevServer, options: CoatcheckViteOptions): Stage {
  const { middlewares, httpServer, config } = server;
  const isOurs = territoryOf(options);
  let running: Promise<Development> | undefined;

  const start = (): Promise<Development> => {
    running ??= startDevelopment({
      options,
      viteUrl: viteUrlOf(server),
      directory: join(config.cacheDir, 'coatcheck'),
      logger: config.logger,
    });
    return running;
  };
  const announce = async () => {
    try {
      const { publicUrl, announcement } = await start();
      config.logger.info(`  ➜  Coatcheck: ${publicUrl.origin} ${announcement}`);
    } catch (error) {
      config.logger.error(`[coatcheck] ${messageOf(error)}`);
    }
  };

  middlewares.stack.unshift({
    route: '',
    handle: (request: IncomingMessage, response: ServerResponse, next: () => void) => {
      const target = request.url ?? '';
      if (isOurs(target))
        return void start().then(({ bff }) => bff.serve(request, response), unable(response));
      if (running === undefined || !isNavigation(request)) return next();
      const toApp = ({ publicUrl }: Development) => {
        if (!isOtherName(request.headers.host, publicUrl)) return next();
        // Cookies and the check of the host are those of one name.
        response.writeHead(307, { location: `${publicUrl.origin}${target}` });
        response.end();
      };
      void running.then(toApp, () => next());
    },
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!isOurs(request.url ?? '')) return;
    start().then(
      ({ bff }) => bff.upgrade(request, socket, head),
      () => socket.destroy(),
    );
  };
  httpServer?.on('upgrade', onUpgrade);
  httpServer?.once('listening', () => void announce());

  return {
    async close() {
      httpServer?.off('upgrade', onUpgrade);
      const development = await running?.catch(() => undefined);
      await development?.close();
    },
  };
}

/** `localhost`, unless Vite listens on another name of this machine. */
function viteUrlOf({ httpServer, config }: ViteDevServer): URL {
  const { host, https, port } = config.server;
  const address = httpServer?.address();
  const url = new URL(`${https ? 'https' : 'http'}://localhost`);
  url.port = String(typeof address === 'object' && address !== null ? address.port : port);
  if (typeof host !== 'string') return url;
  const named = new URL(url);
  named.hostname = host.includes(':') ? `[${host}]` : host;
  return isLoopback(named) ? named : url;
}

function isNavigation({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
}

/** Whether a request names this machine otherwise than `publicUrl` does. */
function isOtherName(host: string | undefined, publicUrl: URL): boolean {
  const named = URL.parse(`${publicUrl.protocol}//${host}`);
  if (named === null || named.host === publicUrl.host) return false;
  return named.port === publicUrl.port && isLoopback(named) && isLoopback(publicUrl);
}

function unable(response: ServerResponse) {
  return (error: unknown) => {
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(`Coatcheck could not start. ${messageOf(error)}`);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
