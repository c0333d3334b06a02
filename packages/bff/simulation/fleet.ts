import type { EngineMaker } from './engine.ts';
import type { Victim } from './faults.ts';
import { type RunningHost, startHost } from './host.ts';
import type { HostPlan } from './plan.ts';
import type { World } from './world.ts';

/** The instances of the BFF, which fall and get up again. */
export interface Fleet {
  /** One that takes connections: it runs, or it is stopped and its system takes them. */
  anyOne(): RunningHost | undefined;
  /** Those that take connections. */
  all(): RunningHost[];
  /** Every instance runs from now on. */
  heal(): void;
}

export function startFleet(world: World, makeEngine: EngineMaker): Fleet {
  const { time, trace, truth } = world;
  const random = world.random.fork('fleet');
  const slots = world.plan.hosts.map((plan, index) => createSlot(plan, index + 1));

  function count(fall: string): void {
    truth.falls[fall] = (truth.falls[fall] ?? 0) + 1;
  }

  function createSlot(plan: HostPlan, number: number) {
    let life = 1;
    let host = start();
    let wakeAt = Number.NEGATIVE_INFINITY;

    function start(): RunningHost {
      return startHost(world, `bff-${number}.${life}`, plan, makeEngine, (step) =>
        world.faults.reached(step, victimAt(step)),
      );
    }

    function startAgain(): void {
      if (!host.process.isDead()) return;
      life += 1;
      host = start();
      trace.say(undefined, () => `${host.name} starts`);
    }

    function wake(): void {
      if (host.process.isDead() || host.process.isRunning()) return;
      trace.say(undefined, () => `${host.name} goes on`);
      const long = time.now() - host.process.runningSince() > 1_000;
      host.goOn(random.chance(0.5), long && random.chance(0.5));
    }

    function victimAt(step: string): Victim {
      return {
        name: host.name,
        isRunning: () => host.process.isRunning(),
        kill() {
          trace.say(undefined, () => `${host.name} is killed (${step})`);
          truth.figures.kills += 1;
          count(`killed: ${step}`);
          host.kill();
          time.after(random.between(300, 8_000), startAgain);
        },
        stop(milliseconds) {
          trace.say(undefined, () => `${host.name} is stopped (${step}) for ${milliseconds.toFixed(0)} ms`);
          truth.figures.stops += 1;
          count(`stopped: ${step}`);
          host.stop();
          wakeAt = time.now() + milliseconds;
          time.at(wakeAt, () => time.now() >= wakeAt && wake());
        },
      };
    }

    return {
      host: () => host,
      heal() {
        startAgain();
        wake();
      },
    };
  }

  const all = () => slots.map((slot) => slot.host()).filter((host) => !host.process.isDead());
  return {
    all,
    anyOne: () => (all().length === 0 ? undefined : random.pick(all())),
    heal() {
      for (const slot of slots) slot.heal();
    },
  };
}
