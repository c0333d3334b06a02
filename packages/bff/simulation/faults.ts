import { leaseLifeFor } from '../src/refresh/policy.ts';
import type { FaultRates, OutagePlan, Plan } from './plan.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Where in a refresh a process can be when something happens to it. */
export type Step =
  | 'lease asked'
  | 'lease given'
  | 'lease answered'
  | 'attempt asked'
  | 'attempt marked'
  | 'attempt answered'
  | 'before send'
  | 'sent'
  | 'rotated'
  | 'answered'
  | 'store asked'
  | 'stored'
  | 'store answered'
  | 'release asked'
  | 'released'
  | 'release answered'
  | 'elsewhere';

/** What can fall. */
export interface Victim {
  readonly name: string;
  isRunning(): boolean;
  kill(): void;
  /** @param milliseconds until it goes on */
  stop(milliseconds: number): void;
}

/** Decides when which fault happens. */
export interface Faults {
  /** A process came to a step: it may be killed or stopped there. */
  reached(step: Step, victim: Victim): void;
  /** What is the matter with the store, if anything is. */
  outage(): Outage | undefined;
  /** The probabilities as they are now: all 0 when the history heals. */
  rates(): FaultRates;
  heal(): void;
}

export interface Outage extends Pick<OutagePlan, 'kind' | 'keeps'> {
  readonly until: number;
}

/** What is not part of a refresh happens much more often; between rotation and commit most is at stake. */
const weights: Partial<Record<Step, number>> = {
  elsewhere: 0.05,
  sent: 1.5,
  rotated: 2,
  answered: 2,
  'store asked': 2,
  stored: 1.5,
};

const none: FaultRates = {
  kill: 0,
  stop: 0,
  storeTimeout: 0,
  lostRequest: 0,
  lateRequest: 0,
  lostAnswer: 0,
  lateAnswer: 0,
  duplicateRequest: 0,
  serverError: 0,
  duplicateChange: 0,
  ending: 0,
  serverRevocation: 0,
  refusedToken: 0,
};

export function createFaults(plan: Plan, random: Random, time: Scheduler): Faults {
  let fallen = 0;
  let healed = false;
  let brokenAt = plan.storeOutage?.atRotation === false ? plan.storeOutage.from : Number.POSITIVE_INFINITY;

  function reached(step: Step, victim: Victim): void {
    if (!healed && step === 'rotated' && plan.storeOutage && time.now() > plan.storeOutage.from) {
      brokenAt = Math.min(brokenAt, time.now() + random.between(-5, 20));
    }
    if (healed || fallen >= plan.mostFallen || !victim.isRunning()) return;
    const weight = weights[step] ?? 1;
    if (random.chance(plan.rates.kill * weight)) {
      fallen += 1;
      victim.kill();
    } else if (random.chance(plan.rates.stop * weight)) {
      fallen += 1;
      const lease = leaseLifeFor(plan.requestTimeout);
      victim.stop(
        random.weighted([
          [random.between(20, 2_000), 2],
          [random.between(2_000, lease), 2],
          [random.between(lease, lease + plan.requestTimeout), 3],
          [random.between(lease, 90_000), 2],
        ]),
      );
    }
  }

  return {
    reached,
    outage() {
      const { storeOutage } = plan;
      const until = brokenAt + (storeOutage?.length ?? 0);
      return storeOutage && time.now() >= brokenAt && time.now() < until
        ? { ...storeOutage, until }
        : undefined;
    },
    rates: () => (healed || time.now() > plan.horizon ? none : plan.rates),
    heal() {
      healed = true;
    },
  };
}
