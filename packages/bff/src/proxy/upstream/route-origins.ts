import type { FastifyBaseLogger } from 'fastify';
import type { RouteSettings } from '../../options/settings.ts';
import type { Dispatchers } from '../dispatchers.ts';
import { createCircuitBreaker } from './circuit-breaker.ts';
import { createHealthCheck, type HealthCheck } from './health-check.ts';
import { createOrigins, type Origins } from './origins.ts';

export interface RouteOriginsParts {
  readonly dispatchers: Dispatchers;
  readonly log: FastifyBaseLogger;
  readonly random: () => number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Makes what the routes send their calls to. */
export interface RouteOrigins {
  of(route: RouteSettings): Origins;
  /** Starts the health checks. */
  start(): void;
  stop(): void;
}

export function createRouteOrigins({ dispatchers, log, random, now }: RouteOriginsParts): RouteOrigins {
  /** Routes that ask the same of the same upstream share the answer. */
  const checks = new Map<string, HealthCheck>();

  const checkOf = ({ healthCheck }: RouteSettings, origin: string): HealthCheck | null => {
    if (healthCheck === null) return null;
    const key = JSON.stringify([origin, healthCheck]);
    const check =
      checks.get(key) ??
      createHealthCheck(healthCheck, {
        ask: dispatchers.upstream(origin).ask,
        random,
        changed(isHealthy) {
          const event = { event: 'upstream.health', upstream: origin, healthy: isHealthy };
          if (isHealthy) log.info(event, 'the upstream passes its health check and gets calls again');
          else log.warn(event, 'the upstream fails its health check and gets no calls');
        },
      });
    checks.set(key, check);
    return check;
  };
  const breakerOf = ({ circuitBreaker, prefix }: RouteSettings, origin: string) =>
    circuitBreaker &&
    createCircuitBreaker(circuitBreaker, (state) => {
      const event = { event: 'upstream.circuit', route: prefix, upstream: origin, circuit: state };
      if (state === 'open') log.warn(event, 'the upstream failed too often and gets no calls for a while');
      else log.info(event, 'the upstream works and gets calls again');
    });

  return {
    of: (route) =>
      createOrigins(
        route.upstreams.map((settings) => ({
          settings,
          upstream: dispatchers.upstream(settings.origin),
          breaker: breakerOf(route, settings.origin),
          health: checkOf(route, settings.origin),
        })),
        now,
      ),
    start() {
      for (const check of checks.values()) check.start();
    },
    stop() {
      for (const check of checks.values()) check.stop();
    },
  };
}
