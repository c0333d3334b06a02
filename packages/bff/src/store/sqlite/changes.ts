import type { StoreClock } from '../clock.ts';
import { oneOf, text, wholeNumber } from '../columns.ts';
import { createListeners } from '../listeners.ts';
import type { ChangeFeed, StoreChange } from '../store.ts';
import type { Connection } from './connection.ts';

/** How long other processes have to read a change, in milliseconds. */
const keptFor = 60_000;
/** Further behind than this, forgetting everything is cheaper than reading on. */
const readAtMost = 10_000;

const kinds = ['updated', 'ended', 'released'] as const;

/** The feed, and what the writers of this process owe it. */
export interface ChangeLog {
  readonly feed: ChangeFeed;
  /** Adds a change to the log, inside the transaction that makes it. */
  record(kind: (typeof kinds)[number], id: string): void;
  /** Tells this process's listeners what it, and whoever came before, has committed. Call after each commit. */
  announce(): void;
  /** Drops at most `limit` changes that everybody has had time to read; returns how many. */
  prune(limit: number): number;
  /** Looks at what other processes did, every `pollInterval` milliseconds, until `stop`. Keeps no process alive. */
  start(pollInterval: number): void;
  stop(): void;
}

export function openChangeLog(connection: Connection, clock: StoreClock): ChangeLog {
  const { db } = connection;
  const dataVersion = db.prepare('PRAGMA data_version');
  const newest = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM changes');
  const after = db.prepare('SELECT seq, kind, id FROM changes WHERE seq > ? ORDER BY seq');
  const insert = db.prepare('INSERT INTO changes (at, kind, id) VALUES (?, ?, ?)');
  // The newest row stays: the next sequence number follows from it, and a reader left behind sees the gap before it.
  const drop = db.prepare(
    `DELETE FROM changes WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM changes ORDER BY seq LIMIT ?)
     WHERE at <= ? AND seq < (SELECT max(seq) FROM changes))`,
  );

  const listeners = createListeners();
  let lastSeq = connection.read(() => wholeNumber(newest.get(), 'seq'));
  let lastVersion: number | undefined;
  let completeAt = clock.monotonic();
  let timer: NodeJS.Timeout | undefined;

  /** What was committed since the last call. Rows that went before we read them leave a gap: `missed`. */
  function readOn(): StoreChange[] {
    const last = wholeNumber(newest.get(), 'seq');
    if (last === lastSeq) return [];
    const tooFar = last < lastSeq || last - lastSeq > readAtMost;
    const rows = tooFar ? [] : after.all(lastSeq);
    const first = rows[0];
    const gap = first === undefined || wholeNumber(first, 'seq') !== lastSeq + 1;
    const changes = rows.map((row) => ({ kind: oneOf(kinds, row, 'kind'), id: text(row, 'id') }));
    // Not simply `last`: another process may have committed between the two queries.
    lastSeq = first === undefined ? last : wholeNumber(rows.at(-1), 'seq');
    return gap ? [{ kind: 'missed' }, ...changes] : changes;
  }

  /** A poll that fails is no failure of whoever caused it: `staleFor` grows, and the next one starts afresh. */
  function poll(): void {
    const startedAt = clock.monotonic();
    let changes: StoreChange[] = [];
    try {
      const version = wholeNumber(dataVersion.get(), 'data_version');
      if (version !== lastVersion) changes = readOn();
      lastVersion = version;
      completeAt = startedAt;
    } catch {
      lastVersion = undefined;
    }
    listeners.tell(changes);
  }

  function prune(limit: number): number {
    return Number(drop.run(limit, clock.now() - keptFor).changes);
  }

  return {
    feed: {
      subscribe: (listener) => listeners.subscribe(listener),
      staleFor: () => clock.monotonic() - completeAt,
    },
    record(kind, id) {
      insert.run(clock.now(), kind, id);
      // Each change takes two old ones along, so the log stays short without a task of its own.
      prune(2);
    },
    announce() {
      // Our own commits do not move our data_version.
      lastVersion = undefined;
      poll();
    },
    prune,
    start(pollInterval) {
      timer = setInterval(poll, pollInterval);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
