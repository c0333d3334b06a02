/**
 * How many rows one call of `sweep` may touch: what the caller allows, but never over 100, which would hold up the
 * event loop.
 */
export function sweepStep(limit: number): number {
  return Math.max(0, Math.min(limit, 100));
}

/**
 * Milliseconds for which an expired lease is kept: whoever takes it over must still learn that its holder had sent a
 * request. No answer comes later than this.
 */
export const leaseRemembered = 3_600_000;
