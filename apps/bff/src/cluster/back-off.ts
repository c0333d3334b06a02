/** Milliseconds. Who served so long did not fall over its own start. */
const steady = 60_000;
const first = 500;
const longest = 30_000;

/** How often in a row a worker ended young. */
export type EarlyEnds = number;

/**
 * Counts the end of a worker.
 *
 * @param before of its predecessors in the same place
 * @param served milliseconds for which it served; 0 where it never did
 */
export function countEnd(before: EarlyEnds, served: number): EarlyEnds {
  return served >= steady ? 0 : before + 1;
}

/** Milliseconds to wait before the next one starts: none after a long life, and twice as long after each short one. */
export function pauseBeforeNext(earlyEnds: EarlyEnds): number {
  return earlyEnds === 0 ? 0 : Math.min(longest, first * 2 ** (earlyEnds - 1));
}
