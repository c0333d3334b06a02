import { LRUCache } from 'lru-cache';
import type { Counted, CounterStore } from '../store/store.ts';

export interface CountingParts {
  readonly counters: CounterStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that only ever grow. */
  readonly monotonic: () => number;
  /** Told when this process begins to count alone, and why. */
  readonly onAlone: (error: unknown) => void;
}

/** Counts calls over all instances that share the store. */
export interface Counting {
  /**
   * Counts one call. Never rejects: while the store is away this process counts alone, from what it knew.
   *
   * @param max past this many nobody asks any more
   * @param window milliseconds
   */
  count(name: string, max: number, window: number): Promise<Counted>;
}

/** What this process knows of one name in its present period. */
interface Known {
  /** Of all instances, as far as it is known here. */
  total: number;
  /** Counted here and not told to the store yet. */
  untold: number;
  expiresAt: number;
}

const namesKept = 20_000;
/** The store is told after every fiftieth part of the limit, so that a page that polls costs it next to nothing. */
const parts = 50;
/** Milliseconds for which a store that failed is not asked. */
const pause = 5_000;

export function createCounting({ counters, now, monotonic, onAlone }: CountingParts): Counting {
  const held = new LRUCache<string, Known>({ max: namesKept });
  let aloneUntil = Number.NEGATIVE_INFINITY;

  function knownOf(name: string, at: number, window: number): Known {
    const known = held.get(name);
    if (known && known.expiresAt > at) return known;
    const fresh = { total: 0, untold: 0, expiresAt: at + window };
    held.set(name, fresh);
    return fresh;
  }

  async function tell(name: string, known: Known, at: number, window: number): Promise<Counted> {
    const by = known.untold;
    known.untold = 0;
    try {
      const counted = await counters.increment(name, by, at, window);
      known.total = Math.max(known.total, counted.count + known.untold);
      // The period began where the first instance counted.
      known.expiresAt = counted.expiresAt;
      return counted;
    } catch (error) {
      known.untold += by;
      if (monotonic() >= aloneUntil) onAlone(error);
      aloneUntil = monotonic() + pause;
      return { count: known.total, expiresAt: known.expiresAt };
    }
  }

  return {
    async count(name, max, window) {
      const at = now();
      const known = knownOf(name, at, window);
      const isFull = known.total >= max;
      known.total += 1;
      known.untold += 1;
      const isDue = known.untold >= Math.max(1, Math.floor(max / parts));
      if (isDue && !isFull && monotonic() >= aloneUntil) return tell(name, known, at, window);
      return { count: known.total, expiresAt: known.expiresAt };
    },
  };
}
