import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

// Each entry brings the schema from its index to the next version (PRAGMA user_version). Append, never edit.
const migrations = [
  `CREATE TABLE notes (
     id TEXT PRIMARY KEY,
     issuer TEXT NOT NULL,
     subject TEXT NOT NULL,
     title TEXT NOT NULL,
     body TEXT NOT NULL,
     created_at INTEGER NOT NULL,
     updated_at INTEGER NOT NULL
   );
   CREATE INDEX notes_by_owner ON notes (issuer, subject, created_at, id);
   CREATE TABLE people (
     issuer TEXT NOT NULL,
     subject TEXT NOT NULL,
     name TEXT,
     email TEXT,
     last_seen INTEGER NOT NULL,
     PRIMARY KEY (issuer, subject)
   );
   CREATE INDEX people_by_last_seen ON people (last_seen);`,
  'ALTER TABLE notes ADD COLUMN deleted_at INTEGER;',
];

/**
 * Opens the database, makes its directory if it is missing, and brings the schema up to date.
 *
 * @param file path, or `:memory:`
 * @returns the open database, or why it cannot be used
 */
export function openDatabase(
  file: string,
):
  | { readonly kind: 'open'; readonly database: DatabaseSync }
  | { readonly kind: 'unusable'; readonly detail: string } {
  try {
    if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file);
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    migrate(database);
    return { kind: 'open', database };
  } catch (error) {
    return { kind: 'unusable', detail: error instanceof Error ? error.message : String(error) };
  }
}

function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > migrations.length)
      throw new Error('the database was written by a newer version of this API');
    for (const migration of migrations.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
