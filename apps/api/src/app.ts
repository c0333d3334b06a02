import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import resourceServer from '@coatcheck/resource-server';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { createEarlyExpiry } from './early-expiry/early-expiry.ts';
import { earlyExpiryRoute } from './early-expiry/route.ts';
import { echoRoute } from './echo/route.ts';
import { healthRoute } from './health.ts';
import { type LogOptions, loggerFor, requestId } from './logging.ts';
import { meRoute } from './me.ts';
import { noteRoutes } from './notes/routes.ts';
import { createNoteStore } from './notes/store.ts';
import { describeApi, serveDescription } from './openapi.ts';
import { peopleRoutes } from './people/routes.ts';
import { createPeopleStore } from './people/store.ts';
import { answerWithProblems, sendProblem } from './problems.ts';
import { streamRoute } from './stream/route.ts';

/** What the API is built from. */
export interface ApiOptions {
  /** The authorization server, exactly as in the tokens' `iss`. */
  readonly issuer: string;
  readonly audience: string;
  /** Where clients call it, to hold DPoP proofs against. Default: where a connection arrives. */
  readonly publicUrl?: string | undefined;
  /** As `openDatabase()` returns it; closed with the app. */
  readonly database: DatabaseSync;
  /** No log if left out. */
  readonly log?: LogOptions;
  /** Seconds after a sign-in in which what cannot be undone is done. Default: a minute. */
  readonly freshSignIn?: number;
  /** Callers may have their own token count as expired: for the demo alone. Default: no. */
  readonly expiresOnDemand?: boolean;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Default: random UUIDs. */
  readonly newId?: () => string;
}

/** 20,000 characters of text, each written as `\uXXXX`, and the rest of a note. */
const bodyLimit = 128 * 1024;
/** Bytes. A longer WebSocket message ends its connection with 1009. */
const longestMessage = 64 * 1024;

/**
 * Builds the demo API; listen to it or `inject()` into it.
 *
 * @throws OptionsError of @coatcheck/resource-server if issuer or audience will not do
 */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
  const { issuer, audience, publicUrl, database, clock = Date.now, newId = randomUUID } = options;
  const { freshSignIn = 60 } = options;
  const app = Fastify({
    bodyLimit,
    logger: loggerFor(options.log),
    genReqId: requestId,
    frameworkErrors: (_error, _request, reply) => sendProblem(reply, 'malformed_request'),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.addHook('onClose', () => database.close());
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  answerWithProblems(app);
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });

  await describeApi(app);
  // Before the tokens are looked at: it closes the connections of handshakes that are refused.
  await app.register(websocket, { options: { maxPayload: longestMessage, perMessageDeflate: false } });
  await app.register(resourceServer, {
    issuer,
    audience,
    clock,
    dpop: 'allowed',
    ...(publicUrl !== undefined && { publicUrl }),
  });

  if (options.expiresOnDemand) {
    const expiry = createEarlyExpiry(clock);
    app.addHook('preHandler', async (request, reply) => {
      if (request.routeOptions.config.access === 'public' || !expiry.isExpired(request.principal.claims))
        return;
      reply.header('www-authenticate', 'Bearer realm="api", error="invalid_token"');
      return sendProblem(reply, 'token_expired');
    });
    await app.register(earlyExpiryRoute, { expiry });
  }

  const people = createPeopleStore(database, clock);
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.access !== 'public') people.saw(request.principal);
  });

  await app.register(noteRoutes, { notes: createNoteStore(database, clock, newId), freshSignIn });
  await app.register(peopleRoutes, { people });
  await app.register(meRoute, { clock });
  await app.register(streamRoute, { clock });
  await app.register(echoRoute, { clock });
  await app.register(healthRoute, { database });
  serveDescription(app);
  return app;
}
