import type { Wait } from '../observe/wait.ts';
import type { ChangeFeed } from '../store/store.ts';

/** The feed may miss a change, so nobody waits for it longer than this without looking. Milliseconds. */
const longestWait = 1_000;

/**
 * Resolves when the store tells of a change of one of these sessions or leases, or after a while.
 *
 * @param atMost milliseconds
 */
export async function waitForChange(
  feed: ChangeFeed,
  wait: Wait,
  ids: readonly string[],
  atMost: number,
): Promise<void> {
  const told = new AbortController();
  const unsubscribe = feed.subscribe((change) => {
    if (change.kind === 'missed' || ids.includes(change.id)) told.abort();
  });
  await wait(Math.max(10, Math.min(atMost, longestWait)), told.signal);
  unsubscribe();
}
