import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { type Access, type Decision, decide, type RouteAccess } from './access.ts';
import type { Offer } from './challenges.ts';
import { readCredentials } from './credentials.ts';
import { remoteKeys } from './keys.ts';
import { type ResourceServerOptions, settleOptions } from './options.ts';
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
     */
    readonly principalOf: (token: string, access?: Access) => Promise<Principal | undefined>;
  }
}

const register: FastifyPluginAsync<ResourceServerOptions> = async (fastify, options) => {
  const { policy, keys, realm, clock } = settleOptions(options);
  const findKey = keys instanceof Uint8Array ? async () => keys : remoteKeys(keys);
  const retryAfter = keys instanceof Uint8Array ? 1 : keys.backoff;
  const offer: Offer = { realm, schemes: ['Bearer'], dpopAlgorithms: [] };
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

  fastify.decorate('principalOf', async (token: string, access: Access = {}) => {
    const verification = await verifyAccessToken(token, policy, findKey, clock());
    if (verification.kind === 'keys-unavailable') {
      fastify.log.warn({ err: verification.error }, 'access token cannot be checked');
      return undefined;
    }
    const decision =
      verification.kind === 'accepted' ? decideNow(verification.principal, access) : verification;
    if (verification.kind === 'accepted' && decision.kind === 'allowed') return verification.principal;
    const reason = decision.kind === 'refused' ? decision.reason : decision.kind;
    fastify.log.info({ reason }, 'access token refused');
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

    const refuse = (refusal: Refusal) => sendProblem(reply, offer, refusal);
    const credentials = readCredentials(request.raw.rawHeaders);
    if (credentials.kind === 'none') return refuse({ code: 'token_required' });
    if (credentials.kind === 'repeated') return refuse({ code: 'invalid_request' });
    if (credentials.kind === 'malformed') return refuse({ code: 'invalid_token' });

    const verification = await verifyAccessToken(credentials.token, policy, findKey, clock());
    if (verification.kind === 'keys-unavailable') {
      request.log.warn({ err: verification.error }, 'access token cannot be checked');
      return refuse({ code: 'keys_unavailable', retryAfter });
    }
    if (verification.kind === 'refused') {
      request.log.info({ reason: verification.reason }, 'access token refused');
      return refuse({ code: 'invalid_token' });
    }

    const decision = decideNow(verification.principal, access);
    if (decision.kind !== 'allowed') return refuse(refusalFor(decision));
    principals.set(request, verification.principal);
  });
};

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
