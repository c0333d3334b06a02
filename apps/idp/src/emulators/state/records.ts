import { createHash } from 'node:crypto';
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { IdpStartError } from '../../start-error.ts';

const schema = `
CREATE TABLE IF NOT EXISTS records (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  value TEXT NOT NULL,
  expires_at INTEGER,
  UNIQUE (kind, id)
) STRICT;
`;

/**
 * Opens the state of an emulator: a file that only its owner may read, or memory.
 *
 * @throws IdpStartError where the file cannot be written
 */
export function openRecords(dataDirectory: string | undefined, brand: string): DatabaseSync {
  try {
    const database = new DatabaseSync(fileIn(dataDirectory, brand), { timeout: 5_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec(schema);
    return database;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const fix = 'set DATA_DIR to a directory that this user can write';
    throw new IdpStartError(`DATA_DIR: cannot use ${dataDirectory} (${reason}): ${fix}`, { cause });
  }
}

function fileIn(dataDirectory: string | undefined, brand: string): string {
  if (dataDirectory === undefined) return ':memory:';
  const directory = join(resolve(dataDirectory), 'idp');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  chmodSync(directory, 0o700);
  const file = join(directory, `${brand}.sqlite`);
  closeSync(openSync(file, 'a', 0o600));
  return file;
}

/** A record, with the hash that it is kept under. */
export interface Entry<Value> {
  readonly key: string;
  readonly value: Value;
}

/** The records of one kind. Ids are codes and tokens, so only their hashes are kept. */
export class RecordSet<Value extends object> {
  readonly #database: DatabaseSync;
  readonly #kind: string;
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(database: DatabaseSync, kind: string, now: () => number) {
    this.#database = database;
    this.#kind = kind;
    this.#now = now;
  }

  /** @param lifetime seconds; without it, for ever */
  put(id: string, value: Value, lifetime?: number): void {
    const now = this.#now();
    this.#run('DELETE FROM records WHERE kind = ? AND expires_at <= ?', this.#kind, now);
    this.#run(
      `INSERT INTO records (kind, id, value, expires_at) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, id) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`,
      this.#kind,
      hashOf(id),
      JSON.stringify(value),
      lifetime === undefined ? null : now + lifetime * 1000,
    );
  }

  find(id: string): Value | undefined {
    return this.#read('SELECT value, expires_at FROM records WHERE kind = ? AND id = ?', id);
  }

  /** Finds and removes; of two at the same time, one gets it. */
  take(id: string): Value | undefined {
    return this.#read('DELETE FROM records WHERE kind = ? AND id = ? RETURNING value, expires_at', id);
  }

  /** The oldest come first. */
  list(): readonly Entry<Value>[] {
    return this.#database
      .prepare(
        `SELECT id, value FROM records WHERE kind = ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY rowid`,
      )
      .all(this.#kind, this.#now())
      .map((row) => ({ key: String(row.id), value: JSON.parse(String(row.value)) }));
  }

  remove(key: string): void {
    this.#run('DELETE FROM records WHERE kind = ? AND id = ?', this.#kind, key);
  }

  /** @returns how many there were */
  removeWhere(matches: (value: Value) => boolean): number {
    const found = this.list().filter(({ value }) => matches(value));
    for (const { key } of found) this.remove(key);
    return found.length;
  }

  #read(sql: string, id: string): Value | undefined {
    const row = this.#database.prepare(sql).get(this.#kind, hashOf(id));
    if (typeof row?.value !== 'string') return undefined;
    if (typeof row.expires_at === 'number' && row.expires_at <= this.#now()) return undefined;
    return JSON.parse(row.value);
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#database.prepare(sql).run(...values);
  }
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}
