import type { Principal } from '@coatcheck/resource-server';

/** Tokens that this API takes for expired before their time: for the demo, where nobody likes to wait. */
export interface EarlyExpiry {
  /** From now on the token counts as expired. Does nothing to one without `jti`. */
  expire(claims: Principal['claims']): void;
  isExpired(claims: Principal['claims']): boolean;
}

/** @param clock milliseconds since the epoch */
export function createEarlyExpiry(clock: () => number): EarlyExpiry {
  /** By `jti`, until the token's own end. */
  const ended = new Map<string, number>();
  return {
    expire({ jti, exp }) {
      for (const [id, end] of ended) if (end * 1_000 <= clock()) ended.delete(id);
      if (typeof jti === 'string') ended.set(jti, exp);
    },
    isExpired: ({ jti }) => typeof jti === 'string' && ended.has(jti),
  };
}
