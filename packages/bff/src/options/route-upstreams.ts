import { type Static, Type } from 'typebox';
import { durationPattern, parseDuration } from './duration.ts';
import type { ConfigProblem } from './problems.ts';

const strict = { additionalProperties: false } as const;

function duration(description: string, fallback: string) {
  return Type.Optional(Type.String({ description, pattern: durationPattern, default: fallback }));
}

function count(description: string, fallback: number, minimum: number, maximum: number) {
  return Type.Optional(Type.Integer({ description, minimum, maximum, default: fallback }));
}

export const upstreamSchema = Type.Union(
  [Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 32 })],
  {
    description:
      'Origin of the resource server, and a path if the prefix is replaced. A list of them, all with the same path, is balanced.',
  },
);

export const healthCheckSchema = Type.Object(
  {
    path: Type.String({
      description:
        'Path at each upstream that answers 2xx while it works. It is asked by GET, without any token. Default: none is asked.',
      pattern: '^/(?!/)[\\x21\\x22\\x24-\\x7e]*$',
    }),
    interval: duration('Pause between two checks, give or take a tenth.', '10s'),
    timeout: duration('Longest wait for the answer to a check.', '2s'),
    unhealthyAfter: count('Failed checks in a row after which an upstream gets no calls.', 3, 1, 100),
    healthyAfter: count('Passed checks in a row after which it gets calls again.', 2, 1, 100),
  },
  strict,
);

export const circuitBreakerSchema = Type.Object(
  {
    failures: count(
      'Calls in a row that an upstream fails (no connection, time-out, 502, 503, 504) before it gets none for a while. 0: it always gets some. On by itself only where a route has several upstreams.',
      5,
      0,
      1_000,
    ),
    openFor: duration('How long it gets none; then one call is let through to try it.', '10s'),
  },
  strict,
);

export const retriesSchema = Type.Object(
  {
    attempts: count('How often a call is sent at most, the first time included.', 2, 1, 5),
    on: Type.Optional(
      Type.Array(
        Type.Union([Type.Literal('connect'), Type.Literal('502'), Type.Literal('503'), Type.Literal('504')]),
        {
          description:
            'connect: no connection, so nothing was sent; for any method. A status: for GET, HEAD, OPTIONS, PUT and DELETE whose body was kept. Default: connect.',
        },
      ),
    ),
  },
  strict,
);

/** Durations in milliseconds. */
export interface HealthCheckSettings {
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

/** `openFor` in milliseconds. */
export interface CircuitBreakerSettings {
  readonly failures: number;
  readonly openFor: number;
}

export interface RetrySettings {
  readonly attempts: number;
  readonly onConnect: boolean;
  /** Statuses of the upstream. */
  readonly onStatus: ReadonlySet<number>;
}

export interface UpstreamUse {
  readonly healthCheck: HealthCheckSettings | null;
  /** Null: an upstream that fails is called as ever. */
  readonly circuitBreaker: CircuitBreakerSettings | null;
  readonly retries: RetrySettings;
}

interface UpstreamUseInput {
  upstream: Static<typeof upstreamSchema>;
  healthCheck?: Static<typeof healthCheckSchema>;
  circuitBreaker?: Static<typeof circuitBreakerSchema>;
  retries?: Static<typeof retriesSchema>;
}

/** The upstreams of a route; one or more. */
export function upstreamsOf({ upstream }: Pick<UpstreamUseInput, 'upstream'>): URL[] {
  return [upstream].flat().map((one) => new URL(one));
}

/** What a route says of how its upstreams are used, with defaults filled in. */
export function upstreamUse({
  upstream,
  healthCheck,
  circuitBreaker,
  retries,
}: UpstreamUseInput): UpstreamUse {
  const failures = circuitBreaker?.failures ?? 5;
  // With a single one there is nothing else to call, and one slow address would close all the others.
  const breaks = failures > 0 && (circuitBreaker !== undefined || [upstream].flat().length > 1);
  const on: readonly string[] = retries?.on ?? ['connect'];
  return {
    healthCheck: healthCheck
      ? {
          path: healthCheck.path,
          interval: parseDuration(healthCheck.interval ?? '10s'),
          timeout: parseDuration(healthCheck.timeout ?? '2s'),
          unhealthyAfter: healthCheck.unhealthyAfter ?? 3,
          healthyAfter: healthCheck.healthyAfter ?? 2,
        }
      : null,
    circuitBreaker: breaks ? { failures, openFor: parseDuration(circuitBreaker?.openFor ?? '10s') } : null,
    retries: {
      attempts: retries?.attempts ?? 2,
      onConnect: on.includes('connect'),
      onStatus: new Set([502, 503, 504].filter((status) => on.includes(String(status)))),
    },
  };
}

/** What is wrong with the upstreams of a route. @param route of any shape */
export function upstreamProblems(route: Record<string, unknown>, at: string): ConfigProblem[] {
  const key = `${at}.upstream`;
  if (!Array.isArray(route.upstream))
    return [...urlProblems(route.upstream, key), ...zeroProblems(route, at)];
  const urls = route.upstream.map((one) => (typeof one === 'string' ? URL.parse(one) : null));
  const [first] = urls;
  const among = urls.flatMap((url, index): ConfigProblem[] => {
    if (!first || !url || index === 0) return [];
    const place = `${key}[${index}]`;
    if (url.pathname !== first.pathname) {
      return [{ key: place, problem: 'has another path than the first.', fix: 'Give all the same path.' }];
    }
    const repeats = urls.findIndex((other) => other?.origin === url.origin) < index;
    return repeats ? [{ key: place, problem: 'names an upstream again.', fix: 'Each once.' }] : [];
  });
  const own = route.upstream.flatMap((one, index) => urlProblems(one, `${key}[${index}]`));
  return [...own, ...among, ...zeroProblems(route, at)];
}

function urlProblems(value: unknown, key: string): ConfigProblem[] {
  if (typeof value !== 'string') return [];
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) {
    const fix = 'Write for example https://api.internal.';
    return [{ key, problem: 'is no http or https URL.', fix }];
  }
  if (url.username !== '' || url.password !== '') {
    const fix = 'The access token is the credential. Remove them.';
    return [{ key, problem: 'has credentials in it.', fix }];
  }
  if (url.search !== '' || url.hash !== '') {
    return [{ key, problem: 'has a query or fragment.', fix: 'Remove it.' }];
  }
  return [];
}

const durations = [
  ['healthCheck', 'interval', 'Write how long to pause between two checks, for example 10s.'],
  ['healthCheck', 'timeout', 'Write how long a check may take, for example 2s.'],
  ['circuitBreaker', 'openFor', 'Write how long an upstream that fails is left alone, for example 10s.'],
] as const;

function zeroProblems(route: Record<string, unknown>, at: string): ConfigProblem[] {
  return durations.flatMap(([option, name, fix]) => {
    const value = new Map(Object.entries(route[option] ?? {})).get(name);
    const isZero = typeof value === 'string' && /^0+[a-z]/.test(value);
    return isZero ? [{ key: `${at}.${option}.${name}`, problem: 'is zero.', fix }] : [];
  });
}
