import type { StoredSession } from '../store/store.ts';

/** How long sessions live. Milliseconds. */
export interface Lifetimes {
  readonly idle: number;
  readonly absolute: number;
}

/** Whether a stored session may be used now. */
export function standingOf(
  session: Pick<StoredSession, 'idleExpiresAt' | 'expiresAt'>,
  now: number,
): 'active' | 'idle' | 'expired' {
  if (now >= session.expiresAt) return 'expired';
  if (now >= session.idleExpiresAt) return 'idle';
  return 'active';
}

/** How long after a use that was written another is worth a write: a minute, or a tenth of a shorter idle time. */
export function touchPause(idle: number): number {
  return Math.min(60_000, idle / 10);
}

/** Whether a use is worth a write. */
export function touchDue(lastSeenAt: number, now: number, idle: number): boolean {
  return now - lastSeenAt >= touchPause(idle);
}

/**
 * When a new session ends at the latest: never later than what the provider says of its refresh token.
 *
 * @param providerEnd milliseconds since the epoch, where the provider names an end
 */
export function absoluteEnd(now: number, lifetimes: Lifetimes, providerEnd: number | null): number {
  return Math.min(now + lifetimes.absolute, providerEnd ?? Number.POSITIVE_INFINITY);
}
