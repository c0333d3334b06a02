import { openMemoryStore } from '../../src/store/memory.ts';
import type { Store, StoreChange } from '../../src/store/store.ts';
import type { SimulatedFeed } from '../feed.ts';

/** The one store behind all processes: the real memory store, whose changes go to each process by its own feed. */
export interface SharedStore {
  /** Does the work at the store, in one step. */
  apply<T>(work: (store: Store) => Promise<T>): Promise<Applied<T>>;
  /** A process hears of changes from now on; returns how it stops. */
  join(feed: SimulatedFeed): () => void;
}

export interface Applied<T> {
  readonly result: T;
  /** What the work changed, and when each process hears of it. */
  readonly changes: readonly {
    readonly change: StoreChange;
    readonly arrivals: ReadonlyMap<SimulatedFeed, number | undefined>;
  }[];
}

/** @param twice whether a change is told twice */
export async function openSharedStore(twice: () => boolean): Promise<SharedStore> {
  const store = await openMemoryStore();
  const feeds = new Set<SimulatedFeed>();
  let made: { change: StoreChange; arrivals: Map<SimulatedFeed, number | undefined> }[] = [];

  store.changes.subscribe((change) => {
    const arrivals = new Map([...feeds].map((feed) => [feed, feed.carry(change, twice())]));
    made.push({ change, arrivals });
  });

  return {
    async apply(work) {
      const mine: typeof made = [];
      made = mine;
      return { result: await work(store), changes: mine };
    },
    join(feed) {
      feeds.add(feed);
      return () => feeds.delete(feed);
    },
  };
}
