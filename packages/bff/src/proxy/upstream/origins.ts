import type { UpstreamSettings } from '../../options/settings.ts';
import type { Upstream } from '../dispatchers.ts';
import type { CircuitBreaker } from './circuit-breaker.ts';
import type { HealthCheck } from './health-check.ts';

/** One of the servers behind a route. */
export interface Origin {
  readonly settings: UpstreamSettings;
  readonly upstream: Upstream;
  /** Null where it is called however it fares. */
  readonly breaker: CircuitBreaker | null;
  /** Null where nobody asks. */
  readonly health: HealthCheck | null;
}

/** How much of what is counted an upstream holds now. */
export type Held = (upstream: Upstream) => number;

export const callsHeld: Held = ({ calls }) => calls.held;
export const streamsHeld: Held = ({ streams }) => streams.held;

/** The servers behind a route, all for the same. */
export interface Origins {
  readonly all: readonly Origin[];
  /**
   * The one to send a call to: it works, as far as is known, and holds least; those that hold as little take turns.
   *
   * @param tried those that the call was sent to before, which come last
   * @returns undefined where none works
   */
  choose(held: Held, tried: readonly Origin[]): Origin | undefined;
  /** Where none works: seconds until that may have changed, for `Retry-After`. */
  retryAfter(): number;
}

/** @param now milliseconds since the epoch */
export function createOrigins(all: readonly Origin[], now: () => number): Origins {
  const [only] = all;
  // Most routes have one upstream that nothing is said about: nothing is to be found out per call.
  if (only && all.length === 1 && only.breaker === null && only.health === null) {
    return { all, choose: () => only, retryAfter: () => 1 };
  }
  let turn = 0;
  return {
    all,
    choose(held, tried) {
      const at = now();
      let best: Origin | undefined;
      let bestIndex = 0;
      let least = Infinity;
      for (let step = 0; step < all.length; step += 1) {
        const index = (turn + step) % all.length;
        const origin = all[index];
        if (origin === undefined || waitFor(origin, at) > 0) continue;
        const load = held(origin.upstream) + (tried.includes(origin) ? 1e9 : 0);
        if (load >= least) continue;
        [best, bestIndex, least] = [origin, index, load];
      }
      if (best) turn = (bestIndex + 1) % all.length;
      return best;
    },
    retryAfter() {
      const at = now();
      const soonest = Math.min(...all.map((origin) => waitFor(origin, at)));
      return Math.min(Math.max(1, Math.ceil(soonest / 1_000)), 3_600);
    },
  };
}

/** Milliseconds until it may take a call; 0: now. */
function waitFor({ breaker, health }: Origin, now: number): number {
  const broken = breaker?.wait(now) ?? 0;
  return health && !health.isHealthy ? Math.max(broken, health.interval) : broken;
}
