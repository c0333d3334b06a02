import { mkdtemp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { batchesOf } from './batches.ts';
import { countsFile } from './statement-counts.ts';
import type { StoreKind, StoreSize } from './store.ts';

/** Rows per transaction. */
const batch = 5_000;

/** A file. Its own statements are counted inside the instances, by a module that they load first. */
export const sqlite: StoreKind = {
  name: 'SQLite',
  async start(_machine, folder) {
    const own = await mkdtemp(path.join(folder, 'sqlite-'));
    return {
      url: `sqlite:${path.join(own, 'sessions.db')}`,
      pids: [],
      version: `SQLite ${process.versions.sqlite}`,
      close: () => rm(own, { recursive: true, force: true }),
    };
  },
  async load(url, sessions) {
    const db = new DatabaseSync(fileOf(url));
    // Nothing of this must outlive a crash; the store sets its own mode when it opens the file.
    db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -524288');
    const insert = db.prepare(
      `INSERT INTO sessions (id, version, subject, provider_session, created_at, last_seen_at, idle_expires_at,
         expires_at, device, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const rows of batchesOf(sessions, batch)) {
      db.exec('BEGIN');
      for (const row of rows) {
        const { id, version, subject, providerSession, device, sealed } = row;
        const { createdAt, lastSeenAt, idleExpiresAt, expiresAt } = row;
        const times = [createdAt, lastSeenAt, idleExpiresAt, expiresAt];
        insert.run(id, version, subject, providerSession, ...times, device, sealed);
      }
      db.exec('COMMIT');
    }
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    db.close();
  },
  async size(url): Promise<StoreSize> {
    const db = new DatabaseSync(fileOf(url));
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const rows = db.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all();
    db.close();
    const parts = rows.map(({ name, bytes }) => [String(name), Number(bytes)] as const);
    const ours = parts.filter(([name]) => /^(sqlite_autoindex_)?sessions/.test(name));
    return { bytes: ours.reduce((sum, [, bytes]) => sum + bytes, 0), parts: Object.fromEntries(ours) };
  },
  preload: path.join(import.meta.dirname, 'statement-counts.ts'),
  async count(_url, pids) {
    const before = await Promise.all(pids.map(countsOf));
    return {
      async stop() {
        const counts = new Map<string, number>();
        for (const [at, after] of (await Promise.all(pids.map(countsOf))).entries()) {
          for (const [sql, count] of Object.entries(after)) {
            const more = count - (before[at]?.[sql] ?? 0);
            if (more > 0) counts.set(sql, (counts.get(sql) ?? 0) + more);
          }
        }
        return counts;
      },
    };
  },
};

function fileOf(url: string): string {
  return url.slice('sqlite:'.length);
}

/** Asks an instance for its counts and waits for the file that it writes. */
async function countsOf(pid: number): Promise<Readonly<Record<string, number>>> {
  const file = countsFile(pid);
  await rm(file, { force: true });
  process.kill(pid, 'SIGWINCH');
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) {
      await rm(file, { force: true });
      const counts: unknown = JSON.parse(text);
      return Object.fromEntries(Object.entries(counts ?? {}).map(([sql, count]) => [sql, Number(count)]));
    }
    await delay(5);
  }
}
