import { randomFillSync } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { lazyRequestLog } from '../observe/request-log.ts';
import { createHexIds } from '../observe/trace-ids.ts';
import { ConfigError } from '../options/problems.ts';
import type { RouteSettings, Settings } from '../options/settings.ts';
import { sendProblem } from '../problems/answer.ts';
import { wantOf } from '../refresh/token-want.ts';
import { touchPause } from '../session/rules.ts';
import { guardHook } from '../ticket/guard-hook.ts';
import { securityHeaders } from '../web/security-headers.ts';
import { addedHeaders } from './added-headers.ts';
import type { ForwardParts } from './admission.ts';
import { bodyRefusalOf } from './body-refusal.ts';
import { createCallLimit } from './call-limit.ts';
import type { Caps } from './caps.ts';
import { forwardedFor } from './client-address.ts';
import { createDispatchers, type UpstreamOptions } from './dispatchers.ts';
import { createProofs } from './dpop/proofs.ts';
import { forward } from './forward.ts';
import type { ReadyRoute } from './ready-route.ts';
import { keptHeaders, requestNames, unsettableHeaders } from './request-headers.ts';
import { responseRules } from './response-headers.ts';
import { provenPathFor } from './token-proof.ts';
import type { Origins } from './upstream/origins.ts';
import { createRouteOrigins } from './upstream/route-origins.ts';
import type { Standings } from './upstream/standing.ts';
import { createAcceptor } from './websocket/accept.ts';
import { forwardWebSocket } from './websocket/connect.ts';
import { createWebSocketLimits } from './websocket/limits.ts';
import type { Upgrades } from './websocket/upgrades.ts';

/** Calls that may wait for a connection to one upstream. */
const waiting = 4_096;
const connectTimeout = 5_000;

/** What the routes need of the rest. */
export type RouteParts = Omit<ForwardParts, 'forwardedFor' | 'hexIds' | 'proofs' | 'touchPause'> & {
  readonly upgrades: Upgrades;
  readonly caps: Caps;
  readonly standings: Standings;
};

/** Registers the configured routes; what they do is in forward.ts. */
export async function registerRoutes(fastify: FastifyInstance, parts: RouteParts): Promise<void> {
  const { settings, audit, upgrades } = parts;
  const guard = guardHook(settings, audit);
  const dispatchers = createDispatchers(upstreamsOf(settings, parts.caps));
  const origins = createRouteOrigins({ dispatchers, log: fastify.log, random: Math.random, now: parts.now });
  fastify.addHook('onReady', async () => origins.start());
  fastify.addHook('onClose', () => {
    origins.stop();
    return dispatchers.close();
  });
  // The body is the upstream's: nobody here reads it.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));

  fastify.setChildLoggerFactory(lazyRequestLog);
  const hexIds = createHexIds((pool) => randomFillSync(pool));
  const forwarding: ForwardParts = {
    ...parts,
    forwardedFor: forwardedFor(settings.trustedProxies),
    hexIds,
    touchPause: touchPause(settings.session.idle),
    proofs: createProofs(parts.now, hexIds),
  };
  const limits = createWebSocketLimits(parts.caps.webSockets);
  if (settings.routes.some((route) => route.webSocket !== null)) upgrades.listen();
  for (const route of settings.routes) {
    const ready = readyRoute(route, settings, origins.of(route));
    parts.standings.add(route.prefix, ready.origins);
    const methods = [...route.methods];
    for (const url of [route.prefix, `${route.prefix}/*`]) {
      fastify.route({
        method: methods,
        url,
        exposeHeadRoute: false,
        config: { webSocket: ready.acceptor !== null },
        // A handshake has been judged by its Origin: nothing else on it can be told apart.
        onRequest: (request, reply, done) =>
          upgrades.of(request.raw) ? done() : guard.call(fastify, request, reply, done),
        // Before anything looks at the body or says what type it must have: both are the API's.
        preParsing(request, reply) {
          const upgrade = upgrades.of(request.raw);
          if (upgrade && ready.acceptor)
            forwardWebSocket(
              { ...forwarding, limits, acceptor: ready.acceptor },
              ready,
              request,
              reply,
              upgrade,
            );
          else forward(forwarding, ready, request, reply);
        },
        handler: unreached,
      });
      fastify.route({
        method: fastify.supportedMethods.filter((method) => !methods.includes(method)),
        url,
        handler: (request, reply) =>
          sendProblem(request, reply, { code: 'method_not_allowed', allow: methods }),
      });
    }
  }
}

/** The call was answered, or is being answered, before its body would be parsed. */
function unreached(): never {
  throw new Error('a forwarded call went on to its handler');
}

function readyRoute(route: RouteSettings, settings: Settings, origins: Origins): ReadyRoute {
  const { kept, refused } = keptHeaders(route.forwardHeaders);
  if (refused.length > 0) {
    throw new ConfigError([
      {
        key: `route ${route.prefix}: forwardHeaders`,
        problem: `names ${refused.join(', ')}.`,
        fix: 'These never cross. Remove them.',
      },
    ]);
  }
  for (const name of ['headers', 'claimHeaders'] as const) {
    const unsettable = unsettableHeaders(Object.keys(route[name]));
    if (unsettable.length === 0) continue;
    throw new ConfigError([
      {
        key: `route ${route.prefix}: ${name}`,
        problem: `sets ${unsettable.join(', ')}.`,
        fix: 'Coatcheck sets these itself, or they belong to one connection or to the body. Remove them.',
      },
    ]);
  }
  const security = securityHeaders(settings.strictTransport);
  const added = addedHeaders(route, settings.routes);
  const provider = settings.providers.find(({ id }) => id === route.provider);
  return {
    settings: route,
    want: wantOf(
      route,
      settings.providers.map(({ id }) => id),
    ),
    origins,
    provenPath: provenPathFor(provider),
    bodyRefusal: bodyRefusalOf(provider),
    names: requestNames(kept, added?.names),
    added,
    callLimit: route.concurrencyPerSession === null ? null : createCallLimit(route.concurrencyPerSession),
    acceptor: route.webSocket ? createAcceptor(route.webSocket.messageLimit) : null,
    rules: responseRules({
      allowedCookies: route.allowSetCookie,
      ownCookie: settings.cookies.ticket,
      cacheControl: route.responseCaching,
      added: Object.entries(security).flat(),
      ...(route.responseSandbox
        ? {}
        : { contentSecurityPolicy: "default-src 'none'; base-uri 'none'; frame-ancestors 'none'" }),
    }),
  };
}

function upstreamsOf(settings: Settings, { connections, streams }: Caps): UpstreamOptions[] {
  const byOrigin = new Map<string, UpstreamOptions>();
  for (const upstream of settings.routes.flatMap(({ upstreams }) => upstreams)) {
    const { origin, protocol, ca, clientCertificate } = upstream;
    byOrigin.set(origin, {
      origin,
      protocol,
      connections,
      waiting,
      streams,
      connectTimeout,
      ...(ca === null ? {} : { ca }),
      ...(clientCertificate === null ? {} : { clientCertificate }),
    });
  }
  return [...byOrigin.values()];
}
