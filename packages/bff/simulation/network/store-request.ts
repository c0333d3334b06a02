import { StoreError } from '../../src/store/errors.ts';
import type { Store } from '../../src/store/store.ts';
import type { Step } from '../faults.ts';
import type { SimulatedFeed } from '../feed.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';

/** A process that asks the store. */
export interface StoreClient {
  readonly name: string;
  readonly process: Process;
  readonly feed: SimulatedFeed;
  /** It came to a step of its work. */
  reached(step: Step): void;
}

export interface StoreRequest<T> {
  readonly what: string;
  /** Session id, for the trace. */
  readonly about: string | undefined;
  readonly steps: readonly [asked: Step, applied: Step, answered: Step];
  readonly work: (store: Store) => Promise<T>;
  /** Told when the store has done it, whether or not the client ever hears of it. */
  readonly applied?: (result: T) => void;
}

/** How long a writer waits for the feed to bring its own change, at most, before it tells itself. */
const ownChangePatience = 1_000;

/** One request to the store and back, with what can happen on the way. */
export function askStore<T>(world: World, client: StoreClient, request: StoreRequest<T>): Promise<T> {
  const { time, plan, random, trace, faults, shared } = world;
  const { process, feed } = client;
  const [asked, applied, answered] = request.steps;
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let over = false;

  function fail(why: string): void {
    if (over) return;
    over = true;
    trace.say(request.about, () => `${client.name} ${request.what}: ${why}`);
    reject(new StoreError('store_unavailable', why));
  }

  function depart(): void {
    const now = time.now();
    const outage = faults.outage();
    const fate = random.chance(faults.rates().storeTimeout)
      ? random.pick(['lost before', 'lost after', 'late'] as const)
      : 'fine';
    if (outage?.kind === 'refusing') {
      time.after(1, () => fail('connection refused'), process);
      return;
    }
    time.after(plan.storeTimeout, () => fail('no answer in time'), process, 'timer');
    if (fate === 'lost before' || (outage && !outage.keeps)) return;
    const late = fate === 'late' ? random.between(0.5, 2) * plan.storeTimeout : 0;
    const arrival = Math.max(now + latency(random.next()) + late, outage?.until ?? 0);
    time.at(arrival, () => void arrive(fate === 'lost after'));
  }

  async function arrive(lost: boolean): Promise<void> {
    const { result, changes } = await shared.apply(request.work);
    request.applied?.(result);
    client.reached(applied);
    if (lost) return;
    const now = time.now();
    const outage = faults.outage();
    if (outage?.kind === 'refusing') {
      time.after(1, () => fail('connection reset'), process);
      return;
    }
    const own = changes.map(({ arrivals }) => arrivals.get(feed) ?? Number.POSITIVE_INFINITY);
    const told = Math.min(Math.max(now, ...own), now + ownChangePatience);
    time.at(
      Math.max(now + latency(random.next()), told),
      () => {
        client.reached(answered);
        process.run(() => {
          if (over) return;
          over = true;
          for (const { change, arrivals } of changes) {
            if ((arrivals.get(feed) ?? Number.POSITIVE_INFINITY) > time.now()) feed.tell(change);
          }
          resolve(result);
        });
      },
      process,
    );
  }

  if (process.isDead()) return promise;
  client.reached(asked);
  process.run(depart);
  return promise;
}

/** Mostly a millisecond, now and then much more. @param drawn from 0 to 1 */
function latency(drawn: number): number {
  return drawn < 0.97 ? 0.2 + drawn : 1 + (drawn - 0.97) * 8_000;
}
