import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { openStore } from '../../src/store/open.ts';
import { temporaryFolders } from './folder.ts';

const newFolder = temporaryFolders();

describe('store.url', () => {
  test('opens a SQLite file by an absolute and by a relative path', async () => {
    const path = join(newFolder(), 'a b%20c?.db');
    const written = await openStore(`sqlite:${path}`);
    await written.sessions.create(sampleSession('a'));
    await written.close();
    expect(existsSync(path)).toBe(true);
    for (const url of [`sqlite:${relative(process.cwd(), path)}`, `sqlite://${path}`, `SQLite:${path}`]) {
      const store = await openStore(url);
      expect((await store.sessions.read('a')).kind).toBe('session');
      await store.close();
    }
  });

  test('opens a memory store of its own each time', async () => {
    const [one, other] = [await openStore('memory:'), await openStore('memory:')];
    await one.sessions.create(sampleSession('a'));
    expect((await other.sessions.read('a')).kind).toBe('nothing');
  });

  test.each([
    'mysql://user:secret@127.0.0.1/0',
    'redis+other://user:secret@127.0.0.1/0',
    'secret',
    '',
    'sqlite:',
    'sqlite::memory:',
    'sqlite://secret/store.db',
    'memory:secret',
    ' sqlite:secret',
  ])('is refused with the key and what it may be, and without what it was: %j', async (url) => {
    const opening = openStore(url);
    await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'store_incompatible' });
    await expect(opening).rejects.toThrow(/store\.url/);
    await expect(opening).rejects.not.toThrow(/secret/);
  });

  test('is told which schemes there are when its own is another', async () => {
    await expect(openStore('mysql://127.0.0.1')).rejects.toThrow(
      /"mysql:".*sqlite:.*redis:.*postgres:.*memory:/,
    );
  });
});

describe('a memory store', () => {
  test('takes no more than it may hold until something ends, and forgets the oldest tombstone', async () => {
    const { sessions, once, leases } = await openMemoryStore({ capacity: 2 });
    const full = { name: 'StoreError', code: 'store_unavailable' };
    for (const id of ['a', 'b']) {
      expect(await sessions.create(sampleSession(id))).toBe(true);
      expect(await once.claim(id, 0, 10)).toBe(true);
      expect((await leases.acquire(id, 'holder', 0, 10)).acquired).toBe(true);
    }
    await expect(sessions.create(sampleSession('c'))).rejects.toMatchObject(full);
    await expect(once.claim('c', 0, 10)).rejects.toMatchObject(full);
    await expect(leases.acquire('c', 'holder', 0, 10)).rejects.toMatchObject(full);
    expect(await once.claim('a', 10, 20)).toBe(true);

    for (const id of ['a', 'b']) await sessions.end(sampleTombstone(id));
    expect(await sessions.create(sampleSession('c'))).toBe(true);
    await sessions.end(sampleTombstone('c'));
    expect((await sessions.read('a')).kind).toBe('nothing');
    expect((await sessions.read('b')).kind).toBe('ended');
  });
});
