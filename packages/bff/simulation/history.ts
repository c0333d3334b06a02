import { createAuthorizationServer } from './authorization-server.ts';
import { createEngine, type EngineMaker } from './engine.ts';
import { createFaults } from './faults.ts';
import { startFleet } from './fleet.ts';
import { openSharedStore } from './network/shared-store.ts';
import { drawPlan, type Plan } from './plan.ts';
import { createRandom } from './random.ts';
import { createScheduler } from './scheduler.ts';
import { createTrace, type Trace } from './trace.ts';
import { createTruth, type Truth } from './truth.ts';
import { createVerdict, type Verdict } from './verdict.ts';
import { startWorkload } from './workload.ts';
import type { Surroundings, World } from './world.ts';

/** What came of one history. */
export interface History {
  readonly seed: number;
  readonly plan: Plan;
  readonly verdict: Verdict;
  readonly truth: Truth;
  readonly trace: Trace;
  readonly events: number;
  /** Milliseconds of virtual time. */
  readonly virtual: number;
}

export interface HistoryOptions {
  readonly surroundings: Surroundings;
  /** Keeps what happened in words. */
  readonly traced?: boolean;
  readonly makeEngine?: EngineMaker;
}

/** Time for outages to end, for leases to run out and for every clock to see every old token dead. Milliseconds. */
const healing = 200_000;

/** Runs one history from beginning to end. The same seed is the same history. */
export async function runHistory(seed: number, options: HistoryOptions): Promise<History> {
  const random = createRandom(String(seed));
  const plan = drawPlan(random.fork('plan'));
  const time = createScheduler();
  const verdict = createVerdict(time.now, time.stop);
  const trace = createTrace(options.traced ?? false, time.now);
  const faults = createFaults(plan, random.fork('faults'), time);
  const truth = createTruth();
  const dice = random.fork('network');
  const providers = plan.connected ? ['home', 'other'] : ['home'];
  const world: World = {
    surroundings: options.surroundings,
    plan,
    random: dice,
    time,
    truth,
    verdict,
    trace,
    faults,
    shared: await openSharedStore(() => dice.chance(faults.rates().duplicateChange)),
    servers: new Map(providers.map((id) => [id, createAuthorizationServer(id, plan.server, time.now)])),
  };
  const fleet = startFleet(world, options.makeEngine ?? createEngine);
  const workload = startWorkload(world, fleet);

  const uncaught = (error: unknown) =>
    verdict.violated('no-surprise', undefined, `uncaught: ${String(error)}`);
  process.on('unhandledRejection', uncaught);
  await time.runUntil(plan.horizon);
  trace.say(undefined, () => 'all faults are over');
  faults.heal();
  fleet.heal();
  await time.runUntil(plan.horizon + plan.server.accessLife + healing);
  trace.say(undefined, () => 'whoever is left calls every instance');
  workload.callAll();
  await time.runUntil(time.now() + 60_000);
  // Rejections that nobody handles are told only now.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', uncaught);
  if (verdict.violations.length === 0) {
    for (const text of workload.unanswered()) verdict.violated('answers', undefined, text);
  }
  return { seed, plan, verdict, truth, trace, events: time.events(), virtual: time.now() };
}
