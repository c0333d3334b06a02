import { setTimeout } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import { parseDuration } from '@coatcheck/bff';
import type { FastifyInstance } from 'fastify';
import { reloadClientCertificates } from './client-certificates.ts';
import type { Config } from './config/schema.ts';
import { listen } from './listen.ts';
import { buildServer } from './server.ts';
import { reloadTls } from './tls.ts';

/** What faces the browsers, in one process. */
export interface PublicSide {
  readonly app: FastifyInstance;
  readonly url: string;
  /** Whether it is told to stop, and wants no new traffic. */
  isStopping(): boolean;
  /** Serves on for the configured delay, lets what is under way end, and closes the store. Twice is once. */
  close(): Promise<void>;
  /** The same without the delay: nobody was told that it is there. */
  abandon(): Promise<void>;
}

/**
 * Opens the port for browsers.
 *
 * @param worker which one of several processes on that port this is
 * @throws PortTaken, ConfigError, or the store's error
 */
export async function openPublicSide(config: Config, worker?: number): Promise<PublicSide> {
  let stopping = false;
  const app = await buildServer(config, () => stopping, worker);
  const closers: (() => void)[] = [];
  const { tls } = config;
  if (tls && app.server instanceof TlsServer) {
    closers.push(
      reloadTls(app.server, tls, (error) => {
        if (error) app.log.error({ err: error }, 'the renewed certificate cannot be used; the old one stays');
        else app.log.info('the renewed certificate is in use');
      }),
    );
  }
  closers.push(...reloadClientCertificates(app, config.certificateFiles ?? []));
  const stop = async (delay: number) => {
    stopping = true;
    for (const close of closers) close();
    await setTimeout(delay);
    app.coatcheck.drain();
    // A connection that was busy when we stopped listening is closed after its answer, not kept for another.
    const idle = setInterval(() => app.server.closeIdleConnections(), 100);
    await withinGrace(app.close(), parseDuration(config.shutdown?.grace ?? '20s'), () =>
      app.server.closeAllConnections(),
    );
    clearInterval(idle);
  };
  let stopped: Promise<void> | undefined;
  const stopOnce = (delay: number) => {
    stopped ??= stop(delay);
    return stopped;
  };
  try {
    const { host = 'localhost', port = 3000 } = config.listen ?? {};
    const url = await listen(app, { host, port, key: 'listen.port' });
    return {
      app,
      url,
      isStopping: () => stopping,
      close: () => stopOnce(parseDuration(config.shutdown?.delay ?? '0s')),
      abandon: () => stopOnce(0),
    };
  } catch (error) {
    await stopOnce(0);
    throw error;
  }
}

async function withinGrace(closing: PromiseLike<unknown>, grace: number, cut: () => void): Promise<void> {
  const done = new AbortController();
  void setTimeout(grace, undefined, { signal: done.signal }).then(cut, () => undefined);
  await closing;
  done.abort();
}
