import rateLimit, { type FastifyRateLimitStore, type FastifyRateLimitStoreCtor } from '@fastify/rate-limit';
import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Rate } from '../options/limits.ts';
import type { Settings } from '../options/settings.ts';
import { CoatcheckError } from '../problems/registry.ts';
import type { CounterStore } from '../store/store.ts';
import type { Tickets } from '../ticket/ticket.ts';
import { createCallers } from './caller.ts';
import { type Counting, createCounting } from './counting.ts';

/** What limiting needs of its surroundings. */
export interface RateLimitParts {
  readonly settings: Settings;
  readonly store: { readonly counters: CounterStore };
  readonly tickets: Tickets;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The limits that a route can be under. A sign-out has its own, so that a page that polls wildly cannot prevent it. */
export type LimitName = 'login' | 'callback' | 'session' | 'logout' | 'providerLogout';

/**
 * Prepares @fastify/rate-limit for the routes of one context. It looks at those that say so, after their guard: a call
 * that is refused anyway counts for nobody.
 *
 * @returns what a route has to say in its `config`
 */
export async function limitRates(
  fastify: FastifyInstance,
  parts: RateLimitParts,
): Promise<(limit: LimitName) => FastifyContextConfig> {
  const { settings, store, tickets, audit, now } = parts;
  const { rates } = settings.limits;
  if (!rates) {
    fastify.log.warn('limits.insecureNoRateLimits: anybody may call as often as they like');
    return () => ({});
  }
  const counting = createCounting({
    counters: store.counters,
    now,
    monotonic: () => performance.now(),
    onAlone: (error) =>
      fastify.log.warn({ err: error }, 'the store is away: this instance counts for rate limits alone'),
  });
  const { keys, trustedProxies } = settings;
  const callers = createCallers({ keys, trustedProxies, tickets });
  const noteProxy = noteUnnamedProxy(fastify, trustedProxies);
  await fastify.register(rateLimit, {
    global: false,
    enableDraftSpec: true,
    store: storeOver(counting, now),
    errorResponseBuilder: (_request, { ttl }) =>
      new CoatcheckError({ code: 'rate_limited', retryAfter: Math.max(1, Math.ceil(ttl / 1_000)) }),
  });

  const limited = (
    limit: LimitName,
    { max, window }: Rate,
    callerOf: (request: FastifyRequest) => string,
  ): FastifyContextConfig => ({
    rateLimit: {
      max,
      timeWindow: window,
      keyGenerator(request) {
        noteProxy(request);
        return `${limit}:${callerOf(request)}`;
      },
      onExceeded: (request) =>
        audit({ event: 'request.refused', code: 'rate_limited', detail: `limit ${limit}` }, request.id),
    },
  });
  const configs: Readonly<Record<LimitName, FastifyContextConfig>> = {
    login: limited('login', rates.login, callers.byAddress),
    callback: limited('callback', rates.callback, callers.byAddress),
    session: limited('session', rates.session, callers.bySession),
    logout: limited('logout', rates.session, callers.bySession),
    providerLogout: limited('providerLogout', rates.providerLogout, callers.byAddress),
  };
  return (limit) => configs[limit];
}

/** The library makes its store itself, from a class. */
function storeOver(counting: Counting, now: () => number): FastifyRateLimitStoreCtor {
  return class SharedCounts implements FastifyRateLimitStore {
    incr(
      key: string,
      done: (error: Error | null, result?: { current: number; ttl: number }) => void,
      window: number,
      max: number,
    ): void {
      void counting
        .count(key, max, window)
        .then(({ count, expiresAt }) => done(null, { current: count, ttl: Math.max(0, expiresAt - now()) }));
    }

    child(): FastifyRateLimitStore {
      return this;
    }
  };
}

/** Behind a proxy that is not named, everybody has one address: said once, since nobody would look here for it. */
function noteUnnamedProxy(
  { log }: FastifyInstance,
  trustedProxies: readonly string[],
): (request: FastifyRequest) => void {
  let told = trustedProxies.length > 0;
  return ({ headers }) => {
    if (told || headers['x-forwarded-for'] === undefined) return;
    told = true;
    log.warn(
      'a request came with X-Forwarded-For, but no proxy is trusted: if there is one in front, all its clients share one rate limit; name it in trustedProxies',
    );
  };
}
