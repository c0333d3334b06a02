import { LRUCache } from 'lru-cache';
import type { ChangeFeed } from '../store/store.ts';
import type { Session } from './session.ts';

/** A cached session counts only while the store's change feed was complete so recently. Milliseconds. */
const feedMayLag = 1_000;

const mostBytes = 64 * 1_048_576;

/** Opened sessions of this process, dropped as soon as the store tells that they changed or ended. */
export interface SessionCache {
  /** A session that is still known to be what the store has. */
  current(id: string): Session | undefined;
  /** Whatever is kept, however stale the feed. */
  peek(id: string): Session | undefined;
  put(session: Session): void;
  drop(id: string): void;
  /** Keeps what `read` brings unless the store tells of a change of it meanwhile. */
  filledBy<T>(id: string, read: () => Promise<T>, session: (result: T) => Session | undefined): Promise<T>;
  close(): void;
}

/** @param onGone told which session was ended by another process while it was kept here */
export function createSessionCache(
  feed: ChangeFeed,
  onGone: (id: string, session: Session) => void,
): SessionCache {
  const kept = new LRUCache<string, Session>({ maxSize: mostBytes, sizeCalculation: weight });
  const reading = new Map<string, { reads: number; changed: boolean }>();

  const unsubscribe = feed.subscribe((change) => {
    if (change.kind === 'released') return;
    if (change.kind === 'missed') {
      kept.clear();
      for (const one of reading.values()) one.changed = true;
      return;
    }
    const underway = reading.get(change.id);
    if (underway) underway.changed = true;
    // What this process writes comes back here before the writer puts its new version in.
    const session = kept.peek(change.id);
    kept.delete(change.id);
    if (session && change.kind === 'ended') onGone(change.id, session);
  });

  return {
    current: (id) => (feed.staleFor() < feedMayLag ? kept.get(id) : undefined),
    peek: (id) => kept.peek(id),
    put(session) {
      kept.set(session.id, session);
    },
    drop(id) {
      kept.delete(id);
    },
    async filledBy(id, read, session) {
      const underway = reading.get(id) ?? { reads: 0, changed: false };
      underway.reads += 1;
      reading.set(id, underway);
      try {
        const result = await read();
        const found = session(result);
        if (found && !underway.changed) kept.set(id, found);
        return result;
      } finally {
        underway.reads -= 1;
        if (underway.reads === 0) reading.delete(id);
      }
    },
    close: unsubscribe,
  };
}

/** Roughly what a session weighs in memory. Bytes. */
function weight(session: Session): number {
  return 1_024 + 2 * JSON.stringify(session.record).length;
}
