import type { ProviderSettings } from '../src/options/provider/provider.ts';
import type { IndexHasher } from '../src/ticket/keys.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import type { Faults } from './faults.ts';
import type { SharedStore } from './network/shared-store.ts';
import type { Plan } from './plan.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { Truth } from './truth.ts';
import type { Verdict } from './verdict.ts';

/** What is the same in every history, and costs time to make. */
export interface Surroundings {
  readonly settings: ReadonlyMap<string, ProviderSettings>;
  readonly hasher: IndexHasher;
}

/** One history: what there is beside the processes of the BFF. */
export interface World {
  readonly surroundings: Surroundings;
  readonly plan: Plan;
  readonly random: Random;
  readonly time: Scheduler;
  readonly truth: Truth;
  readonly verdict: Verdict;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly shared: SharedStore;
  /** By provider id. */
  readonly servers: ReadonlyMap<string, AuthorizationServer>;
}

/** Any day; the clocks of the processes show it, more or less. Milliseconds since the epoch. */
export const epoch = Date.UTC(2030, 0, 1);
