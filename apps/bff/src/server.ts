import { randomFillSync } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { hostname } from 'node:os';
import { Server as TlsServer } from 'node:tls';
import {
  coatcheck,
  createHexIds,
  isLoopback,
  loggerOptions,
  parseDuration,
  securityHeaders,
  sendProblem,
} from '@coatcheck/bff';
import fastify, { type FastifyInstance, LogController } from 'fastify';
import { createBrokenRequests } from './broken-requests.ts';
import type { Config } from './config/schema.ts';
import { boundContent, endSession, governConnections, http2Limits } from './http2.ts';
import { serveDevServer } from './spa/dev-server.ts';
import { serveBuild } from './spa/static.ts';
import { readTls } from './tls.ts';

const largestHeader = 16_384;

/**
 * Builds the server that faces browsers; it does not listen yet.
 *
 * @param isStopping whether callers are told to close their connections
 * @param worker named in every log line, where this is one of several processes
 * @throws ConfigError, or the store's error
 */
export async function buildServer(
  config: Config,
  isStopping: () => boolean,
  worker?: number,
): Promise<FastifyInstance> {
  const {
    listen,
    management: _management,
    workers: _workers,
    tls,
    spa,
    log,
    shutdown: _shutdown,
    certificateFiles: _certificateFiles,
    $schema: _,
    ...options
  } = config;
  const broken = createBrokenRequests(isStrict(config.publicUrl));
  const requestIds = createHexIds((pool) => randomFillSync(pool));
  const http = {
    maxHeaderSize: largestHeader,
    ...patienceOf(listen),
    requireHostHeader: false,
    shouldUpgradeCallback: mayUpgrade,
    // Most requests have no content: then Node spares the events of reading none.
    optimizeEmptyRequests: true,
  };
  const common = {
    logger: {
      ...loggerOptions(log?.level ?? 'info'),
      ...(worker === undefined ? {} : { base: { pid: process.pid, hostname: hostname(), worker } }),
    },
    logController: new LogController({ disableRequestLogging: log?.requests === false }),
    genReqId: () => requestIds(16),
    requestTimeout: parseDuration(listen?.requestTimeout ?? '5m'),
    keepAliveTimeout: 72_000,
    trustProxy: false,
    forceCloseConnections: 'idle',
    // A request on a kept connection is still served while we stop: a rolling restart loses none.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 8_192 },
    clientErrorHandler: broken.answer,
    frameworkErrors: (
      _error: unknown,
      request: Parameters<typeof sendProblem>[0],
      reply: Parameters<typeof sendProblem>[1],
    ) => {
      reply.headers(securityHeaders(isStrict(config.publicUrl)));
      sendProblem(request, reply, { code: 'malformed_request' });
    },
  } as const;
  const app: FastifyInstance = tls ? fastify(overTls(tls, common, http)) : fastify({ ...common, http });
  if (tls && tls.http2 !== false && app.server instanceof TlsServer)
    governConnections(app.server, mayUpgrade);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.raw.httpVersionMajor === 2) {
      if (isStopping()) endSession(request.raw);
      boundContent(request.raw, http.requestTimeout, () => {
        if (!reply.sent) sendProblem(request, reply, { code: 'request_timeout' });
      });
      return done();
    }
    broken.follow(reply.raw);
    if (isStopping()) reply.raw.shouldKeepAlive = false;
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.raw.httpVersionMajor !== 2) broken.answered(reply.raw);
    done();
  });
  await app.register(coatcheck, options);
  if (spa?.directory !== undefined) await serveBuild(app, spa.directory);
  else if (spa?.devServer !== undefined) serveDevServer(app, spa.devServer);
  else app.setNotFoundHandler((request, reply) => sendProblem(request, reply, { code: 'not_found' }));
  return app;
}

/** With HTTP/2, unless it is switched off: the client chooses by ALPN. */
function overTls<Common extends { readonly keepAliveTimeout: number }, Http extends object>(
  tls: NonNullable<Config['tls']>,
  common: Common,
  http: Http,
) {
  const https = { ...http, ...readTls(tls), minVersion: 'TLSv1.2' as const };
  if (tls.http2 === false) return { ...common, https };
  const { keepAliveTimeout } = common;
  // Of a type that says less: to Fastify's types a server has HTTP/1 or HTTP/2, and what ours uses is in both.
  const alsoHttp2: object = { http2: true, http2SessionTimeout: keepAliveTimeout };
  return {
    ...common,
    ...alsoHttp2,
    https: { ...https, ...http2Limits, keepAliveTimeout, allowHTTP1: true },
  };
}

/** Other upgrades, such as to HTTP/2 in clear text, are offers that a server may ignore (RFC 9110 §7.8). */
function mayUpgrade(this: Server, { headers }: IncomingMessage): boolean {
  return this.listenerCount('upgrade') > 0 && /websocket/i.test(headers.upgrade ?? '');
}

/** How long a client may take to send its request; Node looks whether it is over every so often. */
function patienceOf(listen: Config['listen']) {
  const requestTimeout = parseDuration(listen?.requestTimeout ?? '5m');
  const headersTimeout = Math.min(parseDuration(listen?.headerTimeout ?? '15s'), requestTimeout);
  return { requestTimeout, headersTimeout, connectionsCheckingInterval: Math.min(1_000, headersTimeout) };
}

function isStrict(publicUrl: string): boolean {
  const url = URL.parse(publicUrl);
  return url !== null && url.protocol === 'https:' && !isLoopback(url);
}
