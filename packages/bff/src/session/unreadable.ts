import { LRUCache } from 'lru-cache';
import { type Audit, shortSession } from '../observe/audit.ts';

/** How many of them are remembered. */
const most = 1_000;

/**
 * Tells the log of records that cannot be opened: of each once, however often its browser comes back.
 *
 * @returns what to call at each such look
 */
export function createUnreadableReport(audit: Audit): (idHash: string, detail: string) => void {
  const told = new LRUCache<string, true>({ max: most });
  return (idHash, detail) => {
    if (told.has(idHash)) return;
    told.set(idHash, true);
    audit({ event: 'session.open_failed', session: shortSession(idHash), detail });
  };
}
