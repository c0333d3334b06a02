/**
 * Remembers which proofs were used (RFC 9449 §11.1). One for all instances of an API makes a proof good once over all
 * of them; a key that expires by itself, as Redis has, is all it takes.
 */
export interface ReplayStore {
  /**
   * Remembers a key, if it is not remembered yet.
   *
   * @param key at most 43 characters
   * @param seconds how long it must be remembered
   * @returns whether it was new; a failure is answered with 503
   */
  claim(key: string, seconds: number): boolean | Promise<boolean>;
}

/**
 * Remembers proofs in the memory of this process, some 150 bytes each.
 *
 * @param clock milliseconds since the epoch
 * @param capacity when so many are remembered, further ones fail: forgetting one would let it be used again
 */
export function createReplayMemory(clock: () => number, capacity = 200_000): ReplayStore {
  const expiries = new Map<string, number>(); // in the order of their ends, as all live equally long
  return {
    claim(key, seconds) {
      const now = clock();
      for (const [known, expiresAt] of expiries) {
        if (expiresAt > now) break;
        expiries.delete(known);
      }
      if (expiries.has(key)) return false;
      if (expiries.size >= capacity)
        throw new Error(`${capacity} DPoP proofs are remembered: set dpop.replay`);
      expiries.set(key, now + seconds * 1000);
      return true;
    },
  };
}
