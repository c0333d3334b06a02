import type { FastifyBaseLogger, FastifyPluginAsync, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type Access, type Decision, decide, type RouteAccess } from './access.ts';
import { authenticate, authenticateToken, type Cause, type TokenCheck } from './authenticate.ts';
import { introspection } from './introspection/introspect.ts';
import { remoteKeys } from './keys.ts';
import type { ResourceServerOptions } from './options/options.ts';
import { type SettledOptions, settleOptions } from './options/settle.ts';
import type { Principal } from './principal.ts';
import { type Refusal, sendProblem } from './problems.ts';
import { parseAccess } from './route-config.ts';
import { verifyAccessToken } from './verify.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. Left out: anyone with a valid access token. */
    access?: RouteAccess;
  }
  interface FastifyRequest {
    /** Who calls. Reading it on a route with `access: 'public'` throws: nobody was asked. */
    readonly principal: Principal;
  }
  interface FastifyInstance {
    /**
     * Judges a token that did not come with a request, such as the next one of an open WebSocket, by the same rules.
     * Resolves to who calls, or to undefined where the token will not do; the log says why.
     *
     * @param access what it must hold beyond being valid
     * @param connection who opened it: a token bound to a key is good only if it is bound to the same one
     */
    readonly principalOf: (
      token: string,
      access?: Access,
      connection?: Principal,
    ) => Promise<Principal | undefined>;
  }
}

const register: FastifyPluginAsync<ResourceServerOptions> = async (fastify, options) => {
  const settings = await settleOptions(options);
  const { policy, offer, clock } = settings;
  const check = tokenCheck(settings);
  const decideNow = (principal: Principal, access: Access) =>
    decide(principal, access, { now: clock() / 1000, tolerance: policy.tolerance.iat });

  const principals = new WeakMap<FastifyRequest, Principal>();
  fastify.decorateRequest('principal', {
    getter(this: FastifyRequest) {
      const principal = principals.get(this);
      if (principal === undefined)
        throw new Error('request.principal: this route is public, nobody signed in');
      return principal;
    },
  });

  fastify.decorate('principalOf', async (token: string, access: Access = {}, connection?: Principal) => {
    const authentication = await authenticateToken(token, check, settings, connection);
    if (authentication.kind === 'refused') {
      logCause(fastify.log, authentication.cause);
      return undefined;
    }
    const { kind } = decideNow(authentication.principal, access);
    if (kind === 'allowed') return authentication.principal;
    logCause(fastify.log, { kind: 'refused', reason: kind });
    return undefined;
  });

  // A mistake in a route's config stops the start; routes that were there before are checked when they are called.
  fastify.addHook('onRoute', ({ config, method, url }) => {
    parseAccess(config?.access, `${method} ${url}`);
  });

  const parsed = new WeakMap<object, RouteAccess>();
  const accessTo = ({ routeOptions: { config, method, url } }: FastifyRequest): RouteAccess => {
    const access = parsed.get(config) ?? parseAccess(config.access, `${method} ${url}`);
    parsed.set(config, access);
    return access;
  };

  fastify.addHook('onRequest', async (request, reply) => {
    const access = accessTo(request);
    if (access === 'public') return;

    const authentication = await authenticate(request, check, settings);
    const { nonce } = authentication;
    // RFC 9449 §8.2: an answer with a nonce is not for a cache.
    if (nonce !== undefined) reply.header('dpop-nonce', nonce).header('cache-control', 'no-store');
    if (authentication.kind === 'refused') {
      logCause(request.log, authentication.cause);
      return sendProblem(reply, offer, authentication.refusal);
    }

    const { principal } = authentication;
    const decision = decideNow(principal, access);
    if (decision.kind !== 'allowed') {
      return sendProblem(reply, offer, { ...refusalFor(decision), scheme: principal.tokenType });
    }
    principals.set(request, principal);
  });
};

function tokenCheck({ policy, keys, introspection: settings, clock }: SettledOptions): TokenCheck {
  const findKey = keys instanceof Uint8Array ? async () => keys : remoteKeys(keys);
  const verify: TokenCheck = (token) => verifyAccessToken(token, policy, findKey, clock());
  if (settings === undefined) return verify;
  const ask = introspection(settings, policy, findKey);
  if (settings.asksAboutJwts) return ask;
  return (token) => (isJwt(token) ? verify(token) : ask(token));
}

/** Whether it has the form of a signed JWT; other servers' opaque tokens have no two dots. */
function isJwt(token: string): boolean {
  return token.split('.').length === 3;
}

function logCause(log: FastifyBaseLogger, cause: Cause | undefined): void {
  if (cause?.kind === 'unavailable') log.warn({ err: cause.error }, 'access token cannot be checked');
  if (cause?.kind === 'refused') log.info({ reason: cause.reason }, 'access token refused');
}

function refusalFor(decision: Exclude<Decision, { kind: 'allowed' }>): Refusal {
  switch (decision.kind) {
    case 'missing-scope':
      return { code: 'insufficient_scope', parameters: { scope: decision.required.join(' ') } };
    case 'missing-role':
      return { code: 'insufficient_role' };
    case 'insufficient-authentication': {
      const { acr, maxAge } = decision.required;
      const parameters = {
        ...(acr && { acr_values: acr.join(' ') }),
        ...(maxAge !== undefined && { max_age: String(maxAge) }),
      };
      return { code: 'insufficient_user_authentication', parameters };
    }
  }
}

/**
 * Validates JWT access tokens (RFC 9068) on every route of the encapsulation that it is registered in, sub-plugins
 * included, and puts `principal` on the request. A route says what more it asks for, or that it asks for nothing:
 *
 * @example
 * ```ts
 * await app.register(resourceServer, { issuer: 'https://idp.example', audience: 'urn:example:notes' });
 * app.get('/notes', { config: { access: { scopes: ['notes:read'] } } }, (request) => request.principal.subject);
 * app.get('/health', { config: { access: 'public' } }, () => 'ok');
 * ```
 *
 * @throws OptionsError at registration, with every problem of the options
 */
export const resourceServer = fp(register, { fastify: '5.x', name: '@coatcheck/resource-server' });

export default resourceServer;
