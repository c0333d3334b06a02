/**
 * Judges by this process's own monotonic clock when a lease that another process holds has been held for its whole
 * life: the clocks of two machines differ, and a lease taken too early means two refreshes at once.
 */
export interface LeaseWatch {
  /**
   * Milliseconds until the holder is taken for dead, counted from when this very lease was first seen here.
   *
   * @param mark tells one lease of a name from the next
   */
  left(name: string, mark: number, life: number): number;
  forget(name: string): void;
}

const mostWatched = 10_000;

/** @param monotonic milliseconds that only ever grow */
export function createLeaseWatch(monotonic: () => number): LeaseWatch {
  const seen = new Map<string, { readonly mark: number; readonly since: number }>();
  return {
    left(name, mark, life) {
      const before = seen.get(name);
      if (before?.mark === mark) return before.since + life - monotonic();
      if (seen.size >= mostWatched) seen.clear();
      seen.set(name, { mark, since: monotonic() });
      return life;
    },
    forget(name) {
      seen.delete(name);
    },
  };
}
