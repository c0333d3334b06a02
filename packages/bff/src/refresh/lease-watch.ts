/**
 * Judges by this process's own monotonic clock when a lease that another process holds has been held for its whole
 * life: the clocks of two machines differ, and a lease taken too early means two refreshes at once.
 */
export interface LeaseWatch {
  /**
   * Milliseconds until the holder is taken for dead, counted from when this very lease was first seen here.
   *
   * @param end of the lease, as the store says: tells one lease of a name from the next
   */
  left(name: string, end: number, life: number): number;
  /**
   * When a lease that is taken now ends: after every lease that was seen here, even if this clock is behind. Whoever
   * takes over names the end of what it takes, and must not get a new lease in place of an old one.
   */
  end(life: number): number;
  forget(name: string): void;
}

const mostWatched = 10_000;

/** No two clocks differ by more than this: a lease whose end is longer ago is over. Milliseconds. */
const mostSkew = 150_000;

/**
 * @param now milliseconds since the epoch
 * @param monotonic milliseconds that only ever grow
 */
export function createLeaseWatch(now: () => number, monotonic: () => number): LeaseWatch {
  const seen = new Map<string, { readonly end: number; readonly since: number }>();
  /** How far the fastest clock is ahead of this one, as the leases show. */
  let ahead = 0;
  return {
    left(name, end, life) {
      ahead = Math.max(ahead, end + 1 - life - now());
      const before = seen.get(name);
      if (before?.end === end) return before.since + life - monotonic();
      if (now() - end > mostSkew) return 0;
      if (seen.size >= mostWatched) seen.clear();
      seen.set(name, { end, since: monotonic() });
      return life;
    },
    end: (life) => now() + ahead + life,
    forget(name) {
      seen.delete(name);
    },
  };
}
