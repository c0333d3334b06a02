import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { now, record, sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { temporaryFolders, waitUntil } from './folder.ts';

const newFolder = temporaryFolders();
const never = 3_600_000;

/** Clocks that stand still until told. */
function stoppedClock() {
  const time = { now, monotonic: 0, monotonicReads: 0 };
  const monotonic = () => {
    time.monotonicReads += 1;
    return time.monotonic;
  };
  return { time, clock: { now: () => time.now, monotonic } };
}

describe('the change feed of a SQLite store', () => {
  test('is never stale while it can read the file', async () => {
    const { time, clock } = stoppedClock();
    const store = await openSqliteStore({ path: join(newFolder(), 'store.db'), clock, pollInterval: 5 });
    time.monotonic = 700;
    await waitUntil(() => store.changes.staleFor() === 0);
    time.monotonic = 1500;
    await waitUntil(() => store.changes.staleFor() === 0);
    await store.close();
    time.monotonic = 2500;
    expect(store.changes.staleFor()).toBe(1000);
  });

  test('goes stale while it cannot, and says that it missed something when it can again', async () => {
    const path = join(newFolder(), 'store.db');
    const { time, clock } = stoppedClock();
    const store = await openSqliteStore({ path, clock, pollInterval: 5 });
    await store.sessions.create(sampleSession('a'));
    const told = record(store);
    await store.sessions.update(sampleSession('a', { version: 2 }), 1);

    const raw = new DatabaseSync(path);
    raw.exec('ALTER TABLE changes RENAME TO hidden');
    time.monotonic = 5000;
    await expect(store.sessions.end(sampleTombstone('a'))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    const polls = time.monotonicReads;
    await waitUntil(() => time.monotonicReads >= polls + 3);
    expect(store.changes.staleFor()).toBe(5000);

    raw.exec('ALTER TABLE hidden RENAME TO changes; DELETE FROM changes');
    raw.close();
    await waitUntil(() => store.changes.staleFor() === 0);
    expect(told).toEqual([{ kind: 'updated', id: 'a' }, { kind: 'missed' }]);
    expect(await store.sessions.end(sampleTombstone('a'))).toBe(true);
    expect(told.at(-1)).toEqual({ kind: 'ended', id: 'a' });
    await store.close();
  });

  test('says that it missed something after a pause longer than changes are kept', async () => {
    const path = join(newFolder(), 'store.db');
    const { time, clock } = stoppedClock();
    const awake = await openSqliteStore({ path, clock, pollInterval: never });
    const paused = await openSqliteStore({ path, clock, pollInterval: never });
    for (const id of ['a', 'b', 'c']) await awake.sessions.create(sampleSession(id));
    const told = record(paused);

    await awake.sessions.end(sampleTombstone('a'));
    time.now += 59_999;
    expect(await awake.sweep(now, 100, 0)).toBe(0);
    time.now += 1;
    await awake.sessions.end(sampleTombstone('b'));
    // The paused process comes back with a change of its own.
    await paused.sessions.end(sampleTombstone('c'));
    expect(told).toEqual([{ kind: 'missed' }, { kind: 'ended', id: 'b' }, { kind: 'ended', id: 'c' }]);
    await awake.close();
    await paused.close();
  });

  test('misses nothing after a pause shorter than that', async () => {
    const path = join(newFolder(), 'store.db');
    const { time, clock } = stoppedClock();
    const awake = await openSqliteStore({ path, clock, pollInterval: never });
    const paused = await openSqliteStore({ path, clock, pollInterval: never });
    const told = record(paused);
    const ids = Array.from({ length: 20 }, (_, index) => `session-${index}`);
    for (const id of ids) {
      await awake.sessions.create(sampleSession(id));
      await awake.sessions.end(sampleTombstone(id));
      time.now += 2000;
    }
    await paused.leases.acquire('own', 'holder', now, now + 1);
    await paused.leases.release('own', 'holder');
    expect(told).toEqual([...ids.map((id) => ({ kind: 'ended', id })), { kind: 'released', id: 'own' }]);
    await awake.close();
    await paused.close();
  });

  test('keeps the log short, under load by itself and at rest by the sweep', async () => {
    const path = join(newFolder(), 'store.db');
    const { time, clock } = stoppedClock();
    const store = await openSqliteStore({ path, clock, pollInterval: never });
    const raw = new DatabaseSync(path);
    const rows = () => Number(raw.prepare('SELECT count(*) AS n FROM changes').get()?.n);
    const change = async () => {
      await store.leases.acquire('grant', 'holder', now, now + 1);
      await store.leases.release('grant', 'holder');
      time.now += 1000;
    };
    for (let index = 0; index < 150; index += 1) await change();
    expect(rows()).toBe(60);
    time.now += 60_000;
    expect(await store.sweep(now, 20, 0)).toBe(20);
    expect(await store.sweep(now, 100, 0)).toBe(39);
    expect(rows()).toBe(1);
    raw.close();
    await store.close();
  });

  test('forgets all rather than read on when it is far behind', async () => {
    const path = join(newFolder(), 'store.db');
    const store = await openSqliteStore({ path, pollInterval: never });
    const told = record(store);
    const raw = new DatabaseSync(path);
    raw.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)
      INSERT INTO changes (at, kind, id) SELECT ${Date.now()}, 'updated', 'x' FROM n`);
    raw.close();
    await store.leases.acquire('own', 'holder', now, now + 1);
    await store.leases.release('own', 'holder');
    expect(told).toEqual([{ kind: 'missed' }]);
    await store.close();
  });
});

describe('a SQLite store whose file another process has locked', () => {
  test('gives a StoreError after its time, still reads, and works again when the lock is gone', async () => {
    const path = join(newFolder(), 'store.db');
    const store = await openSqliteStore({ path, busyTimeout: 20 });
    const session = sampleSession('a');
    await store.sessions.create(session);
    const raw = new DatabaseSync(path);
    raw.exec('BEGIN IMMEDIATE');
    const next = { ...session, version: 2 };
    await expect(store.sessions.update(next, 1)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'store_unavailable',
      message: expect.stringContaining('locked'),
      cause: expect.any(Error),
    });
    await expect(store.ping()).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await store.sessions.read('a')).toMatchObject({ kind: 'session', session: { version: 1 } });
    raw.exec('ROLLBACK');
    raw.close();
    expect(await store.sessions.update(next, 1)).toBe(true);
    await store.ping();
    await store.close();
  });
});
