import type { ChangeFeed } from '../store/store.ts';

/** The feed may miss a change, so nobody waits for it longer than this without looking. Milliseconds. */
const longestWait = 1_000;

/**
 * Resolves when the store tells of a change of one of these sessions or leases, or after a while.
 *
 * @param atMost milliseconds
 */
export function waitForChange(feed: ChangeFeed, ids: readonly string[], atMost: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(done, Math.max(10, Math.min(atMost, longestWait)));
    const unsubscribe = feed.subscribe((change) => {
      if (change.kind === 'missed' || ids.includes(change.id)) done();
    });
  });
}
