import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FaultyStore } from './store.ts';

/** A SQLite file. What can happen to it is that another process does not let go of its lock. */
export async function openSqlite(): Promise<FaultyStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-faults-sqlite-'));
  const file = path.join(folder, 'sessions.db');
  let other: DatabaseSync | undefined;
  return {
    name: 'SQLite',
    url: `sqlite:${file}`,
    server: undefined,
    pause() {
      other = new DatabaseSync(file, { timeout: 5_000 });
      other.exec('BEGIN IMMEDIATE');
    },
    resume() {
      other?.close();
      other = undefined;
    },
    async close() {
      other?.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
