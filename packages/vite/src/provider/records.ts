import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Adapter, AdapterPayload } from 'oidc-provider';

/** The provider's records, kept over restarts: a sign-in outlives a change of the Vite configuration. */
export interface Records {
  /** What oidc-provider asks for, by its name of the kind of record. */
  readonly adapter: (model: string) => Adapter;
  close(): void;
}

const schema = `
CREATE TABLE IF NOT EXISTS records (
  model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
  expires_at INTEGER, consumed_at INTEGER, grant_id TEXT, uid TEXT,
  UNIQUE (model, id)
) STRICT;`;

/**
 * Opens a database file, readable by its owner alone, and forgets what has expired.
 *
 * @param now milliseconds since the epoch
 */
export function openRecords(file: string, now: () => number): Records {
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: 5_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  database.exec(schema);
  const seconds = () => Math.floor(now() / 1_000);
  database.prepare('DELETE FROM records WHERE expires_at < ?').run(seconds());
  return {
    adapter: (model) => adapterFor(database, model, seconds),
    close: () => database.close(),
  };
}

function adapterFor(database: DatabaseSync, model: string, seconds: () => number): Adapter {
  const read = (column: 'id' | 'uid', value: string): AdapterPayload | undefined => {
    const row = database
      .prepare(`SELECT payload, consumed_at FROM records WHERE model = ? AND ${column} = ?`)
      .get(model, value);
    if (typeof row?.payload !== 'string') return undefined;
    const payload: AdapterPayload = JSON.parse(row.payload);
    return row.consumed_at === null ? payload : { ...payload, consumed: row.consumed_at };
  };
  return {
    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn !== undefined && Number.isFinite(expiresIn) ? seconds() + expiresIn : null;
      database
        .prepare(
          `INSERT INTO records (model, id, payload, expires_at, grant_id, uid) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT (model, id) DO UPDATE SET payload = excluded.payload, expires_at = excluded.expires_at`,
        )
        .run(model, id, JSON.stringify(payload), expiresAt, payload.grantId ?? null, payload.uid ?? null);
    },
    find: async (id) => read('id', id),
    findByUid: async (uid) => read('uid', uid),
    // Of the device flow, which is not offered.
    findByUserCode: async () => undefined,
    async consume(id) {
      database
        .prepare('UPDATE records SET consumed_at = ? WHERE model = ? AND id = ?')
        .run(seconds(), model, id);
    },
    async destroy(id) {
      database.prepare('DELETE FROM records WHERE model = ? AND id = ?').run(model, id);
    },
    async revokeByGrantId(grantId) {
      database.prepare('DELETE FROM records WHERE model = ? AND grant_id = ?').run(model, grantId);
    },
  };
}
