import { createHmac } from 'node:crypto';

/** The nonces that a server asks proofs to hold (RFC 9449 §9). Times are milliseconds since the epoch. */
export interface Nonces {
  current(now: number): string;
  /** A `stale` one is still good, but the client should be given the current one. */
  judge(nonce: unknown, now: number): 'fresh' | 'stale' | 'unknown';
}

/**
 * Nonces that follow from the time and a secret, so that nothing is stored and all instances with the same secret
 * take each other's.
 *
 * @param lifetime seconds after which there is a new one; each is good for up to twice as long
 */
export function createNonces(secret: Uint8Array, lifetime: number): Nonces {
  const at = (period: number) =>
    createHmac('sha256', secret).update(`dpop-nonce ${period}`).digest('base64url');
  const periodOf = (now: number) => Math.floor(now / (lifetime * 1000));
  return {
    current: (now) => at(periodOf(now)),
    judge(nonce, now) {
      const period = periodOf(now);
      // The next one too: another instance's clock may be a little ahead.
      if (nonce === at(period) || nonce === at(period + 1)) return 'fresh';
      return nonce === at(period - 1) ? 'stale' : 'unknown';
    },
  };
}
