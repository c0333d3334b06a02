import { type StoreClock, systemClock } from './clock.ts';
import { openChangeLog } from './sqlite/changes.ts';
import { type Connection, connect } from './sqlite/connection.ts';
import { openCounters } from './sqlite/counters.ts';
import { openLeases } from './sqlite/leases.ts';
import { openOnce } from './sqlite/once.ts';
import { prepareProbe } from './sqlite/schema.ts';
import { openSessions } from './sqlite/sessions.ts';
import { prepareSweep } from './sqlite/sweep.ts';
import type { Store } from './store.ts';

/** What {@link openSqliteStore} takes. */
export interface SqliteStoreOptions {
  /** The database file. Made, with the folders above it, if it is missing; always readable by its owner alone. */
  readonly path: string;
  /** The system's clocks, unless a test brings its own. */
  readonly clock?: StoreClock;
  /** Milliseconds between two looks at what other processes did; 200 unless told. */
  readonly pollInterval?: number;
  /** Milliseconds to wait for another process's lock before giving up, blocking this process; 2000 unless told. */
  readonly busyTimeout?: number;
}

/**
 * Opens a store in a SQLite file (`node:sqlite`, WAL). Any number of processes of one machine may open the same file;
 * it must be on a local disk.
 *
 * @throws {StoreError} `store_unavailable` if the file cannot be made, opened, locked or written, or is damaged;
 * `store_incompatible` if it is another program's or a newer version's
 */
export async function openSqliteStore({
  path,
  clock = systemClock,
  pollInterval = 200,
  busyTimeout = 2000,
}: SqliteStoreOptions): Promise<Store> {
  const connection = await connect(path, busyTimeout);
  try {
    return connection.read(() => storeOn(connection, clock, pollInterval));
  } catch (error) {
    connection.close();
    throw error;
  }
}

function storeOn(connection: Connection, clock: StoreClock, pollInterval: number): Store {
  const changes = openChangeLog(connection, clock);
  const probe = prepareProbe(connection.db);
  const store: Store = {
    sessions: openSessions(connection, changes),
    once: openOnce(connection),
    leases: openLeases(connection, changes),
    counters: openCounters(connection),
    changes: changes.feed,
    sweep: prepareSweep(connection, changes),
    async ping() {
      connection.write('fast', probe);
      connection.checkFile();
    },
    async close() {
      changes.stop();
      connection.close();
    },
  };
  changes.start(pollInterval);
  return store;
}
