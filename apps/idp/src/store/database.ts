import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const schema = `
CREATE TABLE IF NOT EXISTS records (
  model TEXT NOT NULL,
  id TEXT NOT NULL,
  payload TEXT NOT NULL,
  expires_at INTEGER,
  consumed_at INTEGER,
  grant_id TEXT,
  uid TEXT,
  user_code TEXT,
  UNIQUE (model, id)
) STRICT;
CREATE INDEX IF NOT EXISTS records_by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_by_grant ON records (grant_id) WHERE grant_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_by_uid ON records (model, uid) WHERE uid IS NOT NULL;
CREATE INDEX IF NOT EXISTS records_by_user_code ON records (model, user_code) WHERE user_code IS NOT NULL;

CREATE TABLE IF NOT EXISTS consents (
  account_id TEXT NOT NULL,
  client_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  UNIQUE (account_id, client_id, scope)
) STRICT;
`;

/**
 * Opens (at first, makes) the database in a directory. It holds refresh tokens, so only its owner may read it;
 * SQLite gives its side files the mode of the main file.
 *
 * @throws where the file cannot be written or is not a database
 */
export function openDatabase(directory: string): DatabaseSync {
  const file = join(directory, 'state.sqlite');
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(schema);
  return database;
}
