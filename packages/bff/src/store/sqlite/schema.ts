import type { DatabaseSync } from 'node:sqlite';
import { wholeNumber } from '../columns.ts';
import { notOurs } from './failure.ts';

/** "Coat", in the header of each file of ours. */
const applicationId = 0x436f6174;

/**
 * One entry per version of the schema; a released one is never edited. Ordinary rowid tables: with records of over
 * 1 KB, `WITHOUT ROWID` doubles the disk. Times are REAL because Node binds every number as a double; SQLite keeps
 * those without a fraction as integers on disk.
 */
const migrations: readonly string[] = [
  `CREATE TABLE sessions (
     id TEXT NOT NULL UNIQUE,
     version INTEGER NOT NULL,
     subject TEXT NOT NULL,
     provider_session TEXT,
     created_at REAL NOT NULL,
     last_seen_at REAL NOT NULL,
     idle_expires_at REAL NOT NULL,
     expires_at REAL NOT NULL,
     device BLOB,
     sealed BLOB NOT NULL
   ) STRICT;
   CREATE INDEX sessions_subject ON sessions (subject);
   CREATE INDEX sessions_provider_session ON sessions (provider_session) WHERE provider_session IS NOT NULL;
   CREATE INDEX sessions_end ON sessions (min(expires_at, idle_expires_at));

   CREATE TABLE tombstones (
     id TEXT NOT NULL UNIQUE,
     reason TEXT NOT NULL,
     ended_at REAL NOT NULL,
     expires_at REAL NOT NULL
   ) STRICT;
   CREATE INDEX tombstones_end ON tombstones (expires_at);

   CREATE TABLE once (name TEXT NOT NULL UNIQUE, expires_at REAL NOT NULL) STRICT;
   CREATE INDEX once_end ON once (expires_at);

   CREATE TABLE leases (
     fence INTEGER PRIMARY KEY AUTOINCREMENT,
     name TEXT NOT NULL UNIQUE,
     holder TEXT NOT NULL,
     expires_at REAL NOT NULL,
     attempted INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX leases_end ON leases (expires_at);

   CREATE TABLE changes (seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL) STRICT;

   CREATE TABLE probe (id INTEGER PRIMARY KEY, writes INTEGER NOT NULL) STRICT;`,

  `CREATE TABLE counters (name TEXT NOT NULL UNIQUE, count INTEGER NOT NULL, expires_at REAL NOT NULL) STRICT;
   CREATE INDEX counters_end ON counters (expires_at);`,
];

/**
 * Reads, without changing anything and inside a transaction, whether the file is empty or ours, and how far its schema is behind.
 *
 * @throws {StoreError} `store_incompatible` for another program's database or a newer version's
 */
export function identify(db: DatabaseSync, path: string): number {
  const application = pragma(db, 'application_id');
  const version = pragma(db, 'user_version');
  if (application !== applicationId) {
    const objects = db.prepare('SELECT count(*) AS objects FROM sqlite_schema').get();
    if (application !== 0 || version !== 0 || wholeNumber(objects, 'objects') !== 0) {
      throw notOurs(path, 'it belongs to another program');
    }
  }
  if (version > migrations.length) {
    throw notOurs(
      path,
      `a newer Coatcheck wrote it (schema ${version}, this one knows ${migrations.length})`,
    );
  }
  return version;
}

/** Brings the schema up to date. Must run inside a write transaction: another process may be starting, too. */
export function migrate(db: DatabaseSync, path: string): void {
  const version = identify(db, path);
  if (version === migrations.length) return;
  for (const migration of migrations.slice(version)) db.exec(migration);
  db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${migrations.length}`);
}

/** Prepares a write that shows, inside a write transaction, whether the file can be written to. */
export function prepareProbe(db: DatabaseSync): () => void {
  const count = db.prepare(
    'INSERT INTO probe (id, writes) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET writes = writes + 1',
  );
  return () => {
    count.run();
  };
}

function pragma(db: DatabaseSync, name: 'application_id' | 'user_version'): number {
  return wholeNumber(db.prepare(`PRAGMA ${name}`).get(), name);
}
