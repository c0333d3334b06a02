import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import {
  expectEnded,
  expectSession,
  now,
  sampleSession,
  sampleTombstone,
} from '../../src/store/contract/subject.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { temporaryFolders } from './folder.ts';
import { order, startProcess, stopProcess } from './processes.ts';

const newFolder = temporaryFolders();
const modeOf = (path: string) => statSync(path).mode & 0o777;

/** A store file that is not open, with the session `a` and the tombstone `b`. */
async function storedFile(): Promise<string> {
  const path = join(newFolder(), 'store.db');
  const store = await openSqliteStore({ path });
  await store.sessions.create(sampleSession('a'));
  await store.sessions.create(sampleSession('b'));
  await store.sessions.end(sampleTombstone('b'));
  await store.close();
  return path;
}

/** Runs `fixture-limits.ts` with a file-size limit in blocks of 512 bytes; gives what it printed. */
async function runLimited(step: 'open' | 'fill', path: string, blocks: number | 'unlimited' = 'unlimited') {
  const fixture = join(import.meta.dirname, 'fixture-limits.ts');
  const command = `ulimit -f ${blocks} && exec "$0" --disable-warning=ExperimentalWarning "$@"`;
  const child = spawn('/bin/sh', ['-c', command, process.execPath, fixture, step, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return JSON.parse(output);
}

/** Where the tests run as root, whom no permission stops, the fixture becomes this user. */
function giveToFixture(...paths: readonly string[]): void {
  if (process.geteuid?.() !== 0) return;
  for (const path of paths) chownSync(path, 65_534, 65_534);
}

describe('the file of a SQLite store', () => {
  test('is made with its folders for the owner alone, whatever lies beside it too', async () => {
    const folder = newFolder();
    const path = join(folder, 'new', 'deeper', 'store.db');
    const store = await openSqliteStore({ path });
    await store.sessions.create(sampleSession('a'));
    expect(modeOf(join(folder, 'new'))).toBe(0o700);
    expect(modeOf(join(folder, 'new', 'deeper'))).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
    await store.close();
  });

  test('is closed to others when it was open to them', async () => {
    const path = await storedFile();
    chmodSync(path, 0o644);
    const store = await openSqliteStore({ path });
    for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
    await store.close();
  });

  test('keeps everything over a restart', async () => {
    const path = await storedFile();
    const store = await openSqliteStore({ path });
    await expectSession(store, sampleSession('a'));
    await expectEnded(store, sampleTombstone('b'));
    await store.close();
  });

  test('is an ordinary file even with a name that means something to SQLite', async () => {
    const folder = newFolder();
    for (const name of [':memory:', 'file:x?mode=memory']) {
      const child = await startProcess('', folder);
      expect(await order(child, { kind: 'open', path: name })).toBe(true);
      expect(statSync(join(folder, name)).size).toBeGreaterThan(0);
      await stopProcess(child);
    }
  });

  test('is refused, and not touched, when a newer version wrote it', async () => {
    const path = await storedFile();
    const raw = new DatabaseSync(path);
    raw.exec('PRAGMA user_version = 99');
    raw.close();
    const before = readFileSync(path);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_incompatible',
      message: expect.stringMatching(/newer Coatcheck.*store\.url/),
    });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is brought up to date when the version before wrote it, and keeps what it has', async () => {
    const path = await storedFile();
    const raw = new DatabaseSync(path);
    raw.exec('DROP TABLE counters; PRAGMA user_version = 1');
    raw.close();
    const stores = [await openSqliteStore({ path }), await openSqliteStore({ path })];
    for (const store of stores) {
      await expectSession(store, sampleSession('a'));
      await expectEnded(store, sampleTombstone('b'));
      expect((await store.counters.increment('name', 1, now, 1000)).count).toBe(stores.indexOf(store) + 1);
    }
    for (const store of stores) await store.close();
  });

  test('is refused, and not touched, when it is the database of another program', async () => {
    const path = join(newFolder(), 'notes.db');
    const raw = new DatabaseSync(path);
    raw.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY)');
    raw.close();
    const before = readFileSync(path);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_incompatible' });
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is refused when it is no database', async () => {
    const path = join(newFolder(), 'store.db');
    writeFileSync(path, 'not a database, but long enough to have a header of its own '.repeat(100));
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_incompatible',
      cause: expect.any(Error),
    });
  });

  test('gives a StoreError, and no session, where it is damaged', async () => {
    const path = await storedFile();
    const content = readFileSync(path);
    // All pages but the first, which has the header and the schema.
    content.fill(0xa5, 4096);
    writeFileSync(path, content);
    await expect(
      openSqliteStore({ path }).then((store) => store.sessions.read('a').finally(() => store.close())),
    ).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
      message: expect.stringContaining('damaged'),
    });
  });

  test('gives a StoreError when its schema was tampered with', async () => {
    const path = await storedFile();
    const raw = new DatabaseSync(path);
    raw.exec('DROP TABLE tombstones');
    raw.close();
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  test.each(['removed', 'replaced'])(
    'says at the next ping that it was %s while it was open',
    async (how) => {
      const path = await storedFile();
      const store = await openSqliteStore({ path });
      await store.ping();
      for (const suffix of ['', '-wal', '-shm']) renameSync(path + suffix, `${path}.before${suffix}`);
      const other = how === 'replaced' ? await openSqliteStore({ path }) : undefined;
      await expect(store.ping()).rejects.toMatchObject({
        name: 'StoreError',
        code: 'store_unavailable',
        message: expect.stringMatching(/removed or replaced.*restart/),
      });
      await expectSession(store, sampleSession('a'));
      await store.close();
      await other?.ping();
      await other?.close();
    },
  );

  test('gives a StoreError where its folder cannot be made', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const path = join(file, 'below', 'store.db');
    await expect(openSqliteStore({ path })).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
      message: expect.stringContaining('store.url'),
      cause: expect.objectContaining({ code: 'ENOTDIR' }),
    });
  });

  test('gives a StoreError where a folder has its name', async () => {
    const path = newFolder();
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  test('gives a StoreError in a folder without write permission', async () => {
    const outer = newFolder();
    const locked = join(outer, 'locked');
    mkdirSync(locked, { mode: 0o500 });
    giveToFixture(outer, locked);
    expect(await runLimited('open', join(locked, 'store.db'))).toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
      message: expect.stringContaining('EACCES'),
    });
  });

  test('gives a StoreError when it is read-only', async () => {
    const path = await storedFile();
    chmodSync(path, 0o400);
    giveToFixture(dirname(path), path);
    expect(await runLimited('open', path)).toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
      message: expect.stringContaining('read-only'),
    });
    expect(modeOf(path)).toBe(0o400);
  });

  test('gives a StoreError when it cannot grow, and keeps what it has', async () => {
    const path = await storedFile();
    expect(await runLimited('fill', path, 1024)).toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
      stillReads: true,
      pingFails: true,
    });
    const store = await openSqliteStore({ path });
    await expectSession(store, sampleSession('a'));
    expect(await store.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(true);
    await store.close();
  });
});
