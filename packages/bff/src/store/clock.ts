/** The two clocks that a store reads. */
export interface StoreClock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever grow, from any origin. */
  monotonic(): number;
}

export const systemClock: StoreClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
