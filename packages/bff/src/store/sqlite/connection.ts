import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { text } from '../columns.ts';
import { asStoreError, resultCode, unavailable } from './failure.ts';
import { prepareFile, prepareFileCheck } from './file.ts';
import { identify, migrate, prepareProbe } from './schema.ts';

const busy = 5;

/** `durable`: survives a power cut once it returns. `fast`: survives the death of the process. */
export type Durability = 'durable' | 'fast';

/** One open database. Everything in it is synchronous, so two of its transactions never interleave. */
export interface Connection {
  readonly db: DatabaseSync;
  /** Runs queries; what they throw comes out as a StoreError. */
  read<T>(work: () => T): T;
  /** Runs one write transaction, which waits its turn among processes; whatever `work` throws undoes it. */
  write<T>(durability: Durability, work: () => T): T;
  /** @throws {StoreError} `store_unavailable` where the path no longer names the file that is open */
  checkFile(): void;
  close(): void;
}

/**
 * Opens or makes the database file, in WAL mode and with the current schema.
 *
 * @param patience milliseconds to wait for another process's lock; the event loop stands still meanwhile
 */
export async function connect(file: string, patience: number): Promise<Connection> {
  const path = resolve(file);
  let db: DatabaseSync | undefined;
  try {
    prepareFile(path);
    db = new DatabaseSync(path, { timeout: patience });
    // Of a new file: on the usual 4 KiB a record with its tokens would be alone on a page that it fills by half.
    db.exec('PRAGMA page_size = 16384');
    identifyAtOnce(db, path);
    await useWriteAheadLog(db, path, patience);
    // FULL by default, so that a write which forgets to choose is durable.
    db.exec('PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA journal_size_limit = 67108864');
    const connection = wrap(db, path);
    const opened = db;
    connection.write('durable', () => {
      migrate(opened, path);
      // SQLite opens a read-only file, and even a write transaction on it, without complaint: only a write tells.
      prepareProbe(opened)();
    });
    return connection;
  } catch (error) {
    if (db?.isOpen) db.close();
    throw asStoreError(error, path);
  }
}

function wrap(db: DatabaseSync, path: string): Connection {
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const checkFile = prepareFileCheck(path);

  function read<T>(work: () => T): T {
    if (!db.isOpen) throw unavailable(path, 'it is closed');
    try {
      return work();
    } catch (error) {
      throw asStoreError(error, path);
    }
  }

  function transact<T>(work: () => T): T {
    begin.run();
    try {
      const result = work();
      commit.run();
      return result;
    } catch (error) {
      // A full disk, for one, has rolled back already.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  return {
    db,
    read,
    write(durability, work) {
      return read(() => {
        if (durability === 'durable') return transact(work);
        // Cannot be prepared: SQLite obeys this pragma when it compiles it. Costs a microsecond.
        db.exec('PRAGMA synchronous = NORMAL');
        try {
          return transact(work);
        } finally {
          db.exec('PRAGMA synchronous = FULL');
        }
      });
    },
    checkFile,
    close() {
      if (db.isOpen) read(() => db.close());
    },
  };
}

/** In one transaction: another process may be making the schema meanwhile, and half of it looks like somebody else's. */
function identifyAtOnce(db: DatabaseSync, path: string): void {
  db.exec('BEGIN');
  try {
    identify(db, path);
  } finally {
    if (db.isTransaction) db.exec('ROLLBACK');
  }
}

/**
 * Switches the file to write-ahead logging, which lasts. Only the first process ever has work to do; while it does it,
 * SQLite tells the others at once that the file is busy, without the usual wait.
 */
async function useWriteAheadLog(db: DatabaseSync, path: string, patience: number): Promise<void> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      const mode = text(db.prepare('PRAGMA journal_mode = WAL').get(), 'journal_mode');
      if (mode === 'wal') return;
      throw unavailable(path, 'its file system knows no write-ahead log: keep it on a local disk');
    } catch (error) {
      if (resultCode(error) !== busy || performance.now() > deadline) throw error;
    }
    await delay(10);
  }
}
