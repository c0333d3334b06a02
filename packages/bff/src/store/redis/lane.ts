import { StoreError } from '../errors.ts';

/** Runs writes and lets each resolve only when enough replicas have it. */
export type Lane = <T>(write: () => Promise<T>) => Promise<T>;

interface Waiting {
  /** Resolves to what is to be done once the replicas have answered, or not. */
  run(): Promise<(problem: unknown) => void>;
}

/**
 * A lane over one connection of its own, since `WAIT` holds up all that comes behind it and speaks only of what its
 * connection wrote. Writes that come while a `WAIT` is under way share the next one.
 *
 * @param waitForReplicas sends `WAIT`; resolves to how many replicas have every write before it
 * @param needed how many must
 */
export function createLane(waitForReplicas: () => Promise<number>, needed: number): Lane {
  let waiting: Waiting[] = [];
  let busy = false;

  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const settlements = await Promise.all(batch.map(({ run }) => run()));
      const problem = await shortfall();
      for (const settle of settlements) settle(problem);
    }
    busy = false;
  }

  async function shortfall(): Promise<unknown> {
    try {
      const have = await waitForReplicas();
      return have < needed ? unconfirmed(have, needed) : undefined;
    } catch (error) {
      return error;
    }
  }

  return (write) =>
    new Promise((resolve, reject) => {
      waiting.push({
        async run() {
          try {
            const result = await write();
            return (problem) => (problem === undefined ? resolve(result) : reject(problem));
          } catch (error) {
            return () => reject(error);
          }
        },
      });
      if (!busy) void drain();
    });
}

function unconfirmed(have: number, needed: number): StoreError {
  return new StoreError(
    'store_unavailable',
    `The Redis store wrote, but only ${have} of ${needed} replicas confirmed it in time ("wait" in store.url).`,
  );
}
