import { copyFile, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { noFaults } from './server.ts';
import type { OpenedStore } from './store.ts';

/** A SQLite file in the folder of the BFF. Back it up and restore it only while no instance runs. */
export async function openSqlite(folder: string): Promise<OpenedStore> {
  const file = path.join(folder, 'sessions.db');
  const beside = [`${file}-wal`, `${file}-shm`];
  const all = (sql: string, ...values: SQLInputValue[]) =>
    withDatabase(file, (database) => database.prepare(sql).all(...values));

  return {
    kind: 'sqlite',
    url: `sqlite:${file}`,
    faults: noFaults,
    files: [file, ...beside],
    sessions: async () => Number(all('SELECT count(*) AS count FROM sessions')[0]?.count),
    async contents() {
      const files = await Promise.allSettled([file, ...beside].map((name) => readFile(name)));
      return files.flatMap((read) => (read.status === 'fulfilled' ? [read.value] : []));
    },
    async hold() {
      const database = new DatabaseSync(file, { timeout: 5_000 });
      database.exec('BEGIN IMMEDIATE');
      return async () => database.close();
    },
    async backUp() {
      withDatabase(file, (database) => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
      const copy = `${file}.${Date.now()}.backup`;
      await copyFile(file, copy);
      return async () => {
        for (const name of beside) await rm(name, { force: true });
        await copyFile(copy, file);
      };
    },
    async wipe() {
      for (const name of [file, ...beside]) await rm(name, { force: true });
    },
    records: async () => all('SELECT id FROM sessions').map(({ id }) => String(id)),
    async read(record) {
      const sealed = all('SELECT sealed FROM sessions WHERE id = ?', record)[0]?.sealed;
      return Buffer.from(sealed instanceof Uint8Array ? sealed : []);
    },
    write: async (record, bytes) => {
      all('UPDATE sessions SET sealed = ? WHERE id = ?', bytes, record);
    },
    remove: async (record) => {
      all('DELETE FROM sessions WHERE id = ?', record);
    },
    async claim(owner) {
      const mark = owner === 'newer' ? 'user_version = 99' : 'application_id = 7';
      withDatabase(file, (database) => database.exec(`PRAGMA ${mark}`));
    },
    close: async () => undefined,
  };
}

function withDatabase<T>(file: string, use: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  try {
    return use(database);
  } finally {
    database.close();
  }
}
