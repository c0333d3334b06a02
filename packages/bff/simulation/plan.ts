import type { ServerPolicy } from './authorization-server.ts';
import { type FeedTrouble, planFeedTroubles } from './plan-feed.ts';
import type { Random } from './random.ts';

/** Everything that is decided about a history before it begins. Times are milliseconds. */
export interface Plan {
  /** Faults happen until then; after it everything heals, and whoever is still signed in must be served. */
  readonly horizon: number;
  readonly hosts: readonly HostPlan[];
  readonly users: number;
  readonly sessions: number;
  /** A second provider in the sessions. */
  readonly connected: boolean;
  readonly server: ServerPolicy;
  readonly requestTimeout: number;
  readonly idle: number;
  readonly absolute: number;
  readonly outageGrace: number;
  readonly storeTimeout: number;
  readonly storeOutage: OutagePlan | undefined;
  readonly rates: FaultRates;
  /** Most processes that are killed or stopped. */
  readonly mostFallen: number;
}

export interface HostPlan {
  /** How far its clock is off, and how far after it was set at some time. */
  readonly skew: number;
  readonly clockSet: { readonly at: number; readonly skew: number } | undefined;
  /** What its monotonic clock showed when the history began. */
  readonly uptime: number;
  /** Way of a change from the store to it. */
  readonly feedLag: number;
  readonly feedTroubles: readonly FeedTrouble[];
}

export interface OutagePlan {
  /** A time, or the first time that a refresh token was rotated after it. */
  readonly from: number;
  readonly atRotation: boolean;
  readonly length: number;
  /** The store refuses at once, or says nothing until it goes on. */
  readonly kind: 'refusing' | 'hung';
  /** Whether what arrived while it hung is done when it goes on. */
  readonly keeps: boolean;
}

/** Probabilities, most of them 0 in a given history, so that each fault is also met alone. */
export interface FaultRates {
  /** Per step of a refresh. */
  readonly kill: number;
  readonly stop: number;
  /** Per request to the store: nothing answers in time, though the request was or was not carried out. */
  readonly storeTimeout: number;
  /** Per request to the authorization server. */
  readonly lostRequest: number;
  readonly lateRequest: number;
  readonly lostAnswer: number;
  readonly lateAnswer: number;
  readonly duplicateRequest: number;
  readonly serverError: number;
  /** Per change that the store tells. */
  readonly duplicateChange: number;
  /** Per burst of calls. */
  readonly ending: number;
  readonly serverRevocation: number;
  readonly refusedToken: number;
}

export function drawPlan(random: Random): Plan {
  const accessLife = random.pick([15_000, 40_000, 120_000]);
  const horizon = accessLife * random.between(4, 7);
  const skewed = random.chance(0.4);
  const feedTroubled = random.chance(0.5);
  return {
    horizon,
    hosts: Array.from({ length: random.whole(2, 5) }, () => ({
      skew: skewed ? drawSkew(random) : 0,
      clockSet:
        skewed && random.chance(0.2) ? { at: random.between(0, horizon), skew: drawSkew(random) } : undefined,
      uptime: random.between(0, 1e6),
      feedLag: random.between(0.2, 20),
      feedTroubles: feedTroubled && random.chance(0.7) ? planFeedTroubles(random, horizon) : [],
    })),
    users: random.whole(1, 2),
    sessions: random.whole(1, 3),
    connected: random.chance(0.25),
    server: drawPolicy(random, accessLife),
    requestTimeout: random.pick([2_000, 5_000]),
    idle: random.chance(0.2) ? random.between(0.3, 1.5) * accessLife : 1_800_000,
    absolute: random.chance(0.15) ? random.between(2, 6) * accessLife : 43_200_000,
    outageGrace: random.chance(0.15) ? random.between(2_000, 20_000) : 0,
    storeTimeout: random.pick([1_000, 2_000]),
    storeOutage: random.chance(0.3) ? drawOutage(random, horizon) : undefined,
    rates: drawRates(random),
    mostFallen: random.whole(1, 4),
  };
}

function drawSkew(random: Random): number {
  return random.weighted([
    [0, 1],
    [60_000, 1],
    [-60_000, 1],
    [random.between(-60_000, 60_000), 2],
  ]);
}

function drawPolicy(random: Random, accessLife: number): ServerPolicy {
  return {
    rotates: random.chance(0.92),
    // No grace, one as providers offer it, and one that lasts the whole history.
    grace: random.weighted([
      [0, 5],
      [random.between(10_000, 60_000), 1],
      [Number.POSITIVE_INFINITY, 4],
    ]),
    again: random.pick(['sibling', 'same']),
    onReuse: random.weighted([
      ['revoke', 5],
      ['refuse', 1],
    ]),
    accessLife,
  };
}

function drawOutage(random: Random, horizon: number): OutagePlan {
  return {
    from: random.between(3_000, horizon * 0.8),
    atRotation: random.chance(0.6),
    length: random.weighted([
      [random.between(50, 1_500), 2],
      [random.between(1_500, 12_000), 3],
      [random.between(12_000, 40_000), 1],
    ]),
    kind: random.pick(['refusing', 'hung']),
    keeps: random.chance(0.5),
  };
}

function drawRates(random: Random): FaultRates {
  const rate = (share: number, most: number) => (random.chance(share) ? random.between(most / 10, most) : 0);
  return {
    kill: rate(0.35, 0.06),
    stop: rate(0.35, 0.06),
    storeTimeout: rate(0.25, 0.04),
    lostRequest: rate(0.2, 0.2),
    lateRequest: rate(0.2, 0.2),
    lostAnswer: rate(0.25, 0.3),
    lateAnswer: rate(0.3, 0.4),
    duplicateRequest: rate(0.1, 0.1),
    serverError: rate(0.25, 0.4),
    duplicateChange: rate(0.2, 0.2),
    ending: rate(0.5, 0.12),
    serverRevocation: rate(0.15, 0.05),
    refusedToken: rate(0.2, 0.1),
  };
}
