import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { streamEvents } from './account/events.ts';
import { publishKeys } from './account/jwks.ts';
import { extendSession, listProviders, showSession } from './account/session.ts';
import { endOtherSessions, endSession, listSessions } from './account/sessions.ts';
import { type Coatcheck, createCoatcheck } from './coatcheck.ts';
import { showDiagnostics } from './diagnostics/diagnostics.ts';
import { followFlow } from './diagnostics/flow-hook.ts';
import { addEndpoint, readSmallBodies } from './endpoint.ts';
import { shedLoad } from './limits/load-shedding.ts';
import { limitRates } from './limits/rate-limits.ts';
import { finishLogin } from './login/callback.ts';
import { endConnection, startConnection } from './login/connections.ts';
import { sendDoneScript, showDone } from './login/done.ts';
import { initiateLogin } from './login/initiate.ts';
import { startLogin } from './login/start.ts';
import { backchannelLogout } from './logout/backchannel.ts';
import { frontchannelLogout } from './logout/frontchannel.ts';
import { logOut } from './logout/logout.ts';
import { returnFromLogout } from './logout/return.ts';
import type { CoatcheckOptions } from './options/schema.ts';
import { parseOptions } from './options/settings.ts';
import { sendProblem } from './problems/answer.ts';
import { answerFailure } from './problems/failures.ts';
import { checkFraming } from './proxy/framing.ts';
import { registerRoutes } from './proxy/routes.ts';
import { upgradeHook } from './proxy/websocket/upgrade-hook.ts';
import { guardHook } from './ticket/guard-hook.ts';
import { streamOf } from './web/http2.ts';
import { securityHeaders } from './web/security-headers.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What `@coatcheck/bff` gives the program around it. */
    coatcheck: Coatcheck;
  }
}

/**
 * The backend-for-frontend as a Fastify plugin: sign-in, session, sign-out below `basePath`, and the configured routes.
 * It guards the whole instance, so register it on the one that faces the browser.
 *
 * @example
 * ```ts
 * const app = fastify({ logger: loggerOptions('info') });
 * await app.register(coatcheck, { publicUrl: 'https://app.example', keys, store, providers, routes });
 * await app.listen({ port: 3000 });
 * ```
 * @throws ConfigError that names every problem of the options at once
 */
export const coatcheck = fastifyPlugin(
  async (fastify: FastifyInstance, options: CoatcheckOptions) => {
    const settings = parseOptions(options);
    const engine = await createCoatcheck(fastify, settings);
    fastify.decorate('coatcheck', engine);
    fastify.addHook('onClose', () => engine.close());
    fastify.setErrorHandler(answerFailure);

    // What the proxy relays goes past this hook, and has them by its own rules.
    const always = Object.entries(securityHeaders(settings.strictTransport));
    fastify.addHook('onSend', (_request, reply, _payload, done) => {
      for (const [name, value] of always) if (!reply.hasHeader(name)) reply.header(name, value);
      done();
    });

    const publicHost = settings.publicUrl.host;
    /** What comes on them after a refused request may be a part of it. */
    const refused = new WeakSet<Socket>();
    fastify.addHook('onRequest', (request, reply, done) => {
      if (refused.has(request.raw.socket)) return void reply.hijack();
      const { method = '', url: target = '', httpVersion, httpVersionMajor, rawHeaders } = request.raw;
      const isHttp2 = httpVersionMajor === 2 && streamOf(request.raw) !== undefined;
      const fault = checkFraming({ method, target, httpVersion, isHttp2, rawHeaders, publicHost });
      if (!fault) return done();
      // Over HTTP/2 the next request stands apart from this one, whatever is wrong with it.
      if (!isHttp2) {
        refused.add(request.raw.socket);
        reply.header('connection', 'close');
      }
      engine.parts.audit({ event: 'request.refused', code: fault.code, detail: fault.detail }, request.id);
      sendProblem(request, reply, {
        code: fault.code,
        privateDetail: fault.detail,
      });
    });

    fastify.addHook(
      'onRequest',
      upgradeHook(engine.parts.upgrades, settings.publicUrl.origin, engine.parts.audit),
    );
    // A server waits for its connections before it stops, and these would not end.
    fastify.addHook('preClose', async () => engine.drain());

    // Node would answer `Expect` before the guard has looked: 100-continue, or 417 for what it does not know.
    for (const event of ['checkContinue', 'checkExpectation']) {
      fastify.server.on(event, (request, response) => fastify.server.emit('request', request, response));
    }

    await shedLoad(fastify, engine.parts);
    await fastify.register(ownRoutes, engine);
    await fastify.register(registerRoutes, engine.parts);
  },
  { fastify: '5.x', name: '@coatcheck/bff' },
);

/** Everything below `basePath`, in the order in which a person meets it. */
async function ownRoutes(fastify: FastifyInstance, { parts }: Coatcheck): Promise<void> {
  const { settings, audit } = parts;
  const { paths, basePath, cookies } = settings;
  const guarded = [guardHook(settings, audit)];
  const limited = await limitRates(fastify, parts);
  readSmallBodies(fastify);
  if (parts.flow) followFlow(fastify, parts, parts.flow);
  fastify.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  });

  addEndpoint(fastify, paths.providers, { GET: () => listProviders(settings) }, limited('session'));
  addEndpoint(
    fastify,
    paths.jwks,
    { GET: (_request, reply) => publishKeys(settings, reply) },
    limited('session'),
  );
  addEndpoint(
    fastify,
    paths.login,
    { GET: (request, reply) => startLogin(parts, request, reply) },
    limited('login'),
  );
  addEndpoint(
    fastify,
    paths.initiateLogin,
    {
      GET: (request, reply) => initiateLogin(parts, request, reply),
      POST: (request, reply) => initiateLogin(parts, request, reply),
    },
    limited('login'),
  );
  for (const provider of settings.providers) {
    addEndpoint(
      fastify,
      `${paths.callback}/${provider.id}`,
      {
        GET: (request, reply) => finishLogin(parts, provider.id, request, reply),
        ...(provider.responseMode === 'form_post'
          ? {
              POST: (request: FastifyRequest, reply: FastifyReply) =>
                finishLogin(parts, provider.id, request, reply),
            }
          : {}),
      },
      limited('callback'),
    );
  }
  addEndpoint(
    fastify,
    paths.callbackDone,
    { GET: (_request, reply) => showDone(settings, reply) },
    limited('session'),
  );
  addEndpoint(
    fastify,
    paths.callbackDoneScript,
    { GET: (_request, reply) => sendDoneScript(settings, reply) },
    limited('session'),
  );
  addEndpoint(
    fastify,
    `${paths.connections}/:id`,
    {
      POST: (request, reply) => startConnection(parts, idOf(request.params), request, reply),
      DELETE: (request, reply) => endConnection(parts, idOf(request.params), request, reply),
    },
    limited('login'),
    guarded,
  );
  addEndpoint(
    fastify,
    paths.session,
    { GET: (request, reply) => showSession(parts, request, reply) },
    limited('session'),
    guarded,
  );
  addEndpoint(
    fastify,
    paths.extend,
    { POST: (request, reply) => extendSession(parts, request, reply) },
    limited('session'),
    guarded,
  );
  addEndpoint(
    fastify,
    paths.logout,
    { POST: (request, reply) => logOut(parts, request, reply) },
    limited('logout'),
    guarded,
  );
  addEndpoint(
    fastify,
    paths.logoutCallback,
    {
      GET: (request, reply) => returnFromLogout(parts.sealing, cookies, request, reply),
    },
    limited('session'),
  );
  addEndpoint(
    fastify,
    paths.sessions,
    {
      GET: (request, reply) => listSessions(parts, request, reply),
      DELETE: (request, reply) => endOtherSessions(parts, request, reply),
    },
    limited('session'),
    guarded,
  );
  addEndpoint(
    fastify,
    `${paths.sessions}/:id`,
    { DELETE: (request, reply) => endSession(parts, idOf(request.params), request, reply) },
    limited('session'),
    guarded,
  );
  addEndpoint(
    fastify,
    paths.events,
    { GET: (request, reply) => streamEvents(parts, request, reply) },
    limited('session'),
    guarded,
  );
  const { flow } = parts;
  if (flow) {
    addEndpoint(
      fastify,
      paths.diagnostics,
      { GET: (request, reply) => showDiagnostics(parts, flow, request, reply) },
      limited('session'),
      guarded,
    );
  }
  for (const provider of settings.providers) {
    addEndpoint(
      fastify,
      `${paths.backchannelLogout}/${provider.id}`,
      {
        POST: (request, reply) => backchannelLogout(parts, provider.id, request, reply),
      },
      limited('providerLogout'),
    );
  }
  addEndpoint(
    fastify,
    paths.frontchannelLogout,
    {
      GET: (request, reply) => frontchannelLogout(settings, parts.sessions, request, reply),
    },
    limited('providerLogout'),
  );
  for (const url of [basePath, `${basePath}/*`]) {
    fastify.all(url, (request, reply) => sendProblem(request, reply, { code: 'not_found' }));
  }
}

function idOf(params: unknown): string {
  return typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : '';
}
