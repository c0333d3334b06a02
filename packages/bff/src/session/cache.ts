import { LRUCache } from 'lru-cache';
import type { ChangeFeed } from '../store/store.ts';
import type { FeedNotice } from './notices.ts';
import type { Session } from './session.ts';

/** A cached session counts only while the store's change feed was complete so recently. Milliseconds. */
const feedMayLag = 1_000;

const mostBytes = 64 * 1_048_576;

/** Accounts of other providers, over all sessions that were opened here. */
const mostLinks = 50_000;

/** Opened sessions of this process, dropped as soon as the store tells that they changed or ended. */
export interface SessionCache {
  /** A session that is still known to be what the store has. */
  current(id: string): Session | undefined;
  /** Whatever is kept, however stale the feed. */
  peek(id: string): Session | undefined;
  put(session: Session): void;
  drop(id: string): void;
  /** From now on a change of this entry of the store counts as one of the session. */
  link(entry: string, session: string): void;
  /**
   * Keeps what reading or writing the store brings, unless it tells meanwhile of a change that somebody else made.
   *
   * @param ownChanges how many changes the work itself makes
   */
  filledBy<T>(
    id: string,
    work: () => Promise<T>,
    session: (result: T) => Session | undefined,
    ownChanges?: 0 | 1,
  ): Promise<T>;
  close(): void;
}

/** @param tell hears what the store tells of sessions; with an ending, what was kept of that session */
export function createSessionCache(feed: ChangeFeed, tell: (notice: FeedNotice) => void): SessionCache {
  const kept = new LRUCache<string, Session>({ maxSize: mostBytes, sizeCalculation: weight });
  // By size, since `max` would take the memory for all of them at once.
  const links = new LRUCache<string, string>({ maxSize: mostLinks, sizeCalculation: () => 1 });
  const underway = new Map<string, { works: number; changes: number }>();

  const unsubscribe = feed.subscribe((change) => {
    if (change.kind === 'released') return;
    if (change.kind === 'missed') {
      kept.clear();
      for (const one of underway.values()) one.changes += 2;
      tell({ kind: 'missed' });
      return;
    }
    const linked = links.get(change.id);
    if (linked !== undefined) {
      const reading = underway.get(linked);
      if (reading) reading.changes += 2;
      kept.delete(linked);
      tell({ kind: 'changed', id: linked });
      return;
    }
    const counted = underway.get(change.id);
    // An ending counts as somebody else's for whoever reads or writes meanwhile.
    if (counted) counted.changes += change.kind === 'ended' ? 2 : 1;
    const session = kept.peek(change.id);
    kept.delete(change.id);
    const { id } = change;
    if (change.kind === 'updated') tell({ kind: 'changed', id });
    else tell(session ? { kind: 'ended', id, opened: session } : { kind: 'ended', id });
  });

  return {
    current: (id) => (feed.staleFor() < feedMayLag ? kept.get(id) : undefined),
    peek: (id) => kept.peek(id),
    put(session) {
      kept.set(session.id, session);
    },
    link(entry, session) {
      links.set(entry, session);
    },
    drop(id) {
      kept.delete(id);
    },
    async filledBy(id, work, session, ownChanges = 0) {
      const counted = underway.get(id) ?? { works: 0, changes: 0 };
      const before = counted.changes;
      counted.works += 1;
      underway.set(id, counted);
      try {
        const result = await work();
        const found = session(result);
        if (found && counted.changes - before <= ownChanges) kept.set(id, found);
        return result;
      } finally {
        counted.works -= 1;
        if (counted.works === 0) underway.delete(id);
      }
    },
    close: unsubscribe,
  };
}

/** Of a key that is ready to sign (proxy/dpop/signers.ts). Bytes. */
const keyWeight = 3_072;

/** Roughly what a session weighs in memory, where a character takes a byte, as in tokens. Bytes. */
function weight(session: Session): number {
  const keys = Object.values(session.record.grants).filter(({ dpopKey }) => dpopKey !== undefined).length;
  return 1_024 + JSON.stringify(session.record).length + keys * keyWeight;
}
