import { type Mutation, mutationsOf } from '../mutation.ts';

const retryTest = 'packages/bff/test/proxy/upstreams.test.ts';
const breakerTest = 'packages/bff/test/proxy/circuit-breaker.test.ts';
const healthTest = 'packages/bff/test/proxy/health-check.test.ts';

/** Balancing, retries, circuits and health. */
export const upstreamRules: readonly Mutation[] = [
  ...mutationsOf('packages/bff/src/proxy/upstream/retry.ts', retryTest, [
    ['so many attempts', 'sent >= policy.attempts || ', ''],
    ['within the time of the route', 'left <= 0 || ', ''],
    ['only what can be sent again', ' || !isReplayable) return false', ') return false'],
    ['after a status only idempotent methods', ' && idempotent.has(method)', ''],
    ['PATCH is not idempotent', "'PUT', 'DELETE'", "'PUT', 'DELETE', 'PATCH'"],
    [
      'only where the route wants it',
      "if (reason === 'connect') return policy.onConnect;",
      "if (reason === 'connect') return true;",
    ],
    [
      'only calls that were never sent count as such',
      "outcome.kind === 'failed' && outcome.stage === 'connecting'",
      "outcome.kind === 'failed'",
    ],
    ['503 fails', 'unavailable.has(status) ? ', 'false ? ', breakerTest],
    ['500 does not', '[502, 503, 504]', '[500, 502, 503, 504]', breakerTest],
    [
      'who waits here says nothing of it',
      " || outcome.stage === 'queued'",
      '',
      'packages/bff/test/proxy/verdicts.test.ts',
    ],
  ]),
  ...mutationsOf('packages/bff/src/proxy/upstream/circuit-breaker.ts', breakerTest, [
    ['opens after failures in a row', 'if (isTrial || failedInRow >= failures) open(at);', ''],
    [
      'one that works ends the row',
      'failedInRow = 0;\n    if (openUntil === null) return;',
      'if (openUntil === null) return;',
    ],
    ['open: none passes', 'if (now < openUntil) return openUntil - now;', ''],
    ['half-open: one passes', 'return isTrying ? soon : 0;', 'return 0;'],
    [
      'a trial that fails opens it again',
      'if (isTrial || failedInRow >= failures)',
      'if (failedInRow >= failures && !isTrial)',
    ],
    [
      'a trial whose caller leaves holds nothing',
      'if (isTrial) isTrying = false;',
      "if (isTrial && verdict !== 'unknown') isTrying = false;",
    ],
    [
      'what passed before it opened says nothing more',
      'else if (openUntil !== null) return;',
      '',
      'packages/bff/test/proxy/verdicts.test.ts',
    ],
    ['the first verdict counts', 'if (isTold) return;', '', 'packages/bff/test/proxy/verdicts.test.ts'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/upstream/origins.ts', retryTest, [
    ['in turn', 'if (best) turn = (bestIndex + 1) % all.length;', ''],
    ['where least is held', 'if (load >= least) continue;', 'if (best) continue;'],
    ['not again where it failed', ' + (tried.includes(origin) ? 1e9 : 0)', ''],
    [
      'not where none may go',
      'if (origin === undefined || waitFor(origin, at) > 0) continue;',
      'if (origin === undefined) continue;',
      breakerTest,
    ],
    ['not where the health check fails', 'health && !health.isHealthy ? ', 'false && health ? ', healthTest],
  ]),
  ...mutationsOf('packages/bff/src/proxy/upstream/health-check.ts', healthTest, [
    ['out after so many failures', 'isHealthy ? unhealthyAfter : healthyAfter', '1_000'],
    [
      'back after so many answers',
      'isHealthy ? unhealthyAfter : healthyAfter',
      'isHealthy ? unhealthyAfter : 1_000',
    ],
    ['no answer in time is a failure', 'AbortSignal.any([stop, AbortSignal.timeout(timeout)])', 'stop'],
  ]),
  ...mutationsOf('packages/bff/src/proxy/dispatchers.ts', healthTest, [
    ['a check of 3xx and up fails', 'answer.statusCode >= 200 && answer.statusCode < 300', 'true'],
  ]),
];
