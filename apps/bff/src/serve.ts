import { Server as HttpsServer } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { parseDuration } from '@coatcheck/bff';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config/schema.ts';
import { buildManagement } from './management.ts';
import { buildServer } from './server.ts';
import { reloadTls } from './tls.ts';

/** A running server. */
export interface Running {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly managementUrl: string;
  /** Stops taking new requests, lets those under way end, and closes the store. */
  close(): Promise<void>;
}

/**
 * Starts the server and its management port.
 *
 * @throws PortTaken, ConfigError, or the store's error
 */
export async function serve(config: Config): Promise<Running> {
  let stopping = false;
  const app = await buildServer(config, () => stopping);
  const management = buildManagement(app.coatcheck, () => stopping);
  const closers: (() => void)[] = [];
  const { tls } = config;
  if (tls && app.server instanceof HttpsServer) {
    closers.push(
      reloadTls(app.server, tls, (error) => {
        if (error) app.log.error({ err: error }, 'the renewed certificate cannot be used; the old one stays');
        else app.log.info('the renewed certificate is in use');
      }),
    );
  }
  const stop = async () => {
    stopping = true;
    for (const close of closers) close();
    await setTimeout(parseDuration(config.shutdown?.delay ?? '0s'));
    app.coatcheck.drain();
    // A connection that was busy when we stopped listening is closed after its answer, not kept for another.
    const idle = setInterval(() => app.server.closeIdleConnections(), 100);
    await withinGrace(app.close(), parseDuration(config.shutdown?.grace ?? '20s'), () =>
      app.server.closeAllConnections(),
    );
    clearInterval(idle);
    await management.close();
  };
  try {
    const url = await listen(
      app,
      config.listen?.host ?? 'localhost',
      config.listen?.port ?? 3000,
      'listen.port',
    );
    const managementUrl = await listen(
      management,
      config.management?.host ?? 'localhost',
      config.management?.port ?? 3001,
      'management.port',
    );
    return { app, url, managementUrl, close: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port is used by another program, or may not be used by this one. */
export class PortTaken extends Error {
  readonly code = 'port_taken';
}

async function listen(app: FastifyInstance, host: string, port: number, key: string): Promise<string> {
  try {
    return await app.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') {
      throw new PortTaken(`Port ${port} on ${host} is taken by another program. Set ${key} to a free one.`, {
        cause: error,
      });
    }
    if (code === 'EACCES')
      throw new PortTaken(`Port ${port} on ${host} may not be used. Set ${key} above 1023.`, {
        cause: error,
      });
    throw error;
  }
}

async function withinGrace(closing: PromiseLike<unknown>, grace: number, cut: () => void): Promise<void> {
  const done = new AbortController();
  void setTimeout(grace, undefined, { signal: done.signal }).then(cut, () => undefined);
  await closing;
  done.abort();
}
