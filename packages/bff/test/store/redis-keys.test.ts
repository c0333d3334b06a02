import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  expectSession,
  now,
  record,
  sampleSession,
  sampleTombstone,
} from '../../src/store/contract/subject.ts';
import { openStore } from '../../src/store/open.ts';
import { openRedisStore } from '../../src/store/redis.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { openRaw, type RawRedis } from './servers/raw-redis.ts';
import { type RedisProgram, startRedis } from './servers/redis.ts';

const newFolder = temporaryFolders();
const day = 86_400_000;
const unavailable = { name: 'StoreError', code: 'store_unavailable' };

let server: RedisProgram;
let raw: RawRedis;
const open: Store[] = [];
beforeAll(async () => {
  server = await startRedis(newFolder());
  raw = await openRaw(server.port);
});
afterAll(async () => {
  raw.close();
  await server.end();
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await raw.send('CONFIG', 'SET', 'maxmemory', '0');
  await raw.send('FLUSHALL');
});

/** With a long timeout, where time is not what a test is about: the machine has other work. */
async function opened(more = '?', timeout = 10_000): Promise<Store> {
  const store = await openRedisStore({ url: `${server.url}${more}&timeout=${timeout}`, env: {} });
  open.push(store);
  return store;
}

const lifeOf = async (key: string) => Number(await raw.send('PTTL', key));
const sessionKey = (id: string) => `coatcheck:session:${id}`;

describe('the keys of a Redis store', () => {
  test('all go by themselves some day, but the one that says whose they are', async () => {
    const store = await opened();
    for (const id of ['a', 'b', 'c']) await store.sessions.create(sampleSession(id));
    await store.sessions.update(sampleSession('a', { version: 2, subject: 'another' }), 1);
    await store.sessions.touch('a', now + 1, now + 1_900_000);
    await store.sessions.end(sampleTombstone('b'));
    await store.once.claim('state', now, now + 1000);
    for (const grant of ['held', 'freed']) await store.leases.acquire(grant, 'holder', now, now + 1000);
    await store.leases.markAttempt('held', 'holder');
    await store.leases.release('freed', 'holder');
    await store.counters.increment('login', 1, now, 60_000);
    await store.ping();
    await store.sweep(now + 1_800_000, 100, day);
    const keys = await raw.list('KEYS', '*');
    expect(keys.length).toBeGreaterThan(10);
    const lasting: string[] = [];
    for (const key of keys) if ((await lifeOf(key)) < 0) lasting.push(key);
    expect(lasting).toEqual(['coatcheck:format']);
  });

  test('live a day longer than the session they are about, and longer when it is used', async () => {
    const store = await opened();
    const idle = 1_800_000;
    await store.sessions.create(sampleSession('a'));
    const about = (expected: number, life: number) => life <= expected && life > expected - 60_000;
    expect(about(day + idle, await lifeOf(sessionKey('a')))).toBe(true);
    await store.sessions.touch('a', now + 1000, now + 1000 + 2 * idle);
    expect(about(day + 2 * idle, await lifeOf(sessionKey('a')))).toBe(true);
    // The absolute end comes first now.
    const shorter = sampleSession('a', { expiresAt: now + 1_000_000 });
    await store.sessions.update(shorter, 1);
    expect(about(day + 1_000_000, await lifeOf(sessionKey('a')))).toBe(true);
    await store.sessions.update(sampleSession('a'), 2);
    expect(about(day + 2 * idle, await lifeOf(sessionKey('a')))).toBe(true);
    await store.sessions.end(sampleTombstone('a'));
    expect(about(day, await lifeOf(sessionKey('a')))).toBe(true);
  });

  test('leave nothing in an index of sessions that ended, moved on or are long over', async () => {
    const store = await opened();
    await store.sessions.create(sampleSession('a'));
    await store.sessions.update(sampleSession('a', { subject: 'new', providerSession: null }), 1);
    expect(await raw.list('KEYS', '*subject of a')).toEqual([]);
    expect(await raw.list('KEYS', '*provider session of a')).toEqual([]);
    await store.sessions.end(sampleTombstone('a'));
    expect(await raw.list('KEYS', 'coatcheck:subject:*')).toEqual([]);
    expect(await raw.list('KEYS', 'coatcheck:ends:*')).toEqual([]);

    const later = { createdAt: now + 90 * day, lastSeenAt: now + 90 * day, expiresAt: now + 91 * day };
    await store.sessions.create(sampleSession('old', { subject: 's' }));
    await store.sessions.create(sampleSession('new', { subject: 's', ...later }));
    expect(await raw.list('ZRANGE', 'coatcheck:subject:s', '0', '-1')).toEqual(['new']);
  });

  test('stand in the database and under the prefix that the URL names', async () => {
    const store = await opened('/2?prefix=shop:');
    await store.sessions.create(sampleSession('a'));
    expect(await raw.list('KEYS', '*')).toEqual([]);
    await raw.send('SELECT', '2');
    expect(await raw.list('KEYS', '*')).toContain('shop:session:a');
    expect((await raw.list('KEYS', '*')).every((key) => key.startsWith('shop:'))).toBe(true);
    await raw.send('SELECT', '0');
  });

  test('are refused when a newer version or another program claims them, and not touched', async () => {
    for (const [claim, whose] of [
      ['coatcheck 2', /newer Coatcheck.*prefix/],
      ['something else', /another program.*prefix/],
    ] as const) {
      await raw.send('SET', 'coatcheck:format', claim);
      const opening = opened();
      await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'store_incompatible' });
      await expect(opening).rejects.toThrow(whose);
      expect(await raw.list('KEYS', '*')).toEqual(['coatcheck:format']);
    }
  });
});

describe('a Redis store', () => {
  test('notices that its database was emptied, and starts over', async () => {
    const store = await opened();
    await store.sessions.create(sampleSession('a'));
    const told = record(store);
    await raw.send('FLUSHALL');
    await waitUntil(() => told.length > 0);
    expect(told).toEqual([{ kind: 'missed' }]);
    expect(await store.sessions.read('a')).toEqual({ kind: 'nothing' });
    expect(await store.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(false);
    await waitUntil(async () => (await raw.send('GET', 'coatcheck:format')) === 'coatcheck 1');
  });

  test('gives each lease a greater fence even when its database was emptied', async () => {
    const store = await opened();
    const before = await store.leases.acquire('grant', 'one', now, now + 1000);
    await raw.send('FLUSHALL');
    const after = await store.leases.acquire('grant', 'two', now, now + 1000);
    if (!before.acquired || !after.acquired) throw new Error('no lease');
    expect(after.fence).toBeGreaterThan(before.fence);
  });

  test('goes on when the server has forgotten the scripts', async () => {
    const store = await opened();
    await store.sessions.create(sampleSession('a'));
    await raw.send('SCRIPT', 'FLUSH');
    expect(await store.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(true);
  });

  test('gives a StoreError while its server is full, and still reads', async () => {
    const store = await opened();
    await store.sessions.create(sampleSession('a'));
    await raw.send('CONFIG', 'SET', 'maxmemory', '1');
    await expect(store.sessions.create(sampleSession('b'))).rejects.toMatchObject(unavailable);
    await expect(store.sessions.update(sampleSession('a'), 1)).rejects.toThrow(/memory is full/);
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    await expectSession(store, sampleSession('a'));
    // So does one that has to connect meanwhile.
    await expectSession(await opened(), sampleSession('a'));
    await raw.send('CONFIG', 'SET', 'maxmemory', '0');
    expect(await store.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(true);
  });

  test('refuses what is too much at once, answers the rest, and keeps its connection', async () => {
    const store = await opened();
    await store.sessions.create(sampleSession('a'));
    const told = record(store);
    const reads = Array.from({ length: 12_000 }, () => store.sessions.read('a'));
    const outcomes = await Promise.allSettled(reads);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBe(2000);
    for (const { reason } of refused.filter((outcome) => outcome.status === 'rejected').slice(0, 1)) {
      expect(reason).toMatchObject(unavailable);
    }
    await store.sessions.end(sampleTombstone('a'));
    expect(told).toEqual([{ kind: 'ended', id: 'a' }]);
  });

  test.each(['ALL', 'WRITE'])(
    'whose server is paused (%s) gives a StoreError in about a second',
    async (mode) => {
      const store = await opened('?', 1000);
      await store.sessions.create(sampleSession('a'));
      await raw.send('CLIENT', 'PAUSE', '2500', mode);
      const startedAt = performance.now();
      await expect(store.sessions.update(sampleSession('a', { version: 2 }), 1)).rejects.toMatchObject(
        unavailable,
      );
      expect(performance.now() - startedAt).toBeLessThan(2000);
      await waitUntil(() =>
        store.sessions.read('a').then(
          ({ kind }) => kind === 'session',
          () => false,
        ),
      );
    },
  );

  test('needs no more rights than the documentation names', async () => {
    const rights =
      'on >app-secret ~coatcheck:* &coatcheck:* -@all +@read +@write +@scripting +publish +subscribe +unsubscribe +ping +hello +select +time +wait';
    await raw.send('ACL', 'SETUSER', 'app', ...rights.split(' '));
    const url = `redis://app:app-secret@127.0.0.1:${server.port}`;
    const store = await openStore(url, { env: {} });
    open.push(store);
    const told = record(store);
    await store.sessions.create(sampleSession('a'));
    await store.sessions.update(sampleSession('a', { version: 2 }), 1);
    await store.leases.acquire('grant', 'holder', now, now + 1);
    await store.leases.release('grant', 'holder');
    for (const count of [1, 2])
      expect(await store.counters.increment('login', 1, now, 60_000)).toMatchObject({ count });
    await store.sweep(now + day, 100, day);
    await store.ping();
    expect(told.map(({ kind }) => kind)).toEqual(['updated', 'released', 'ended']);
    await expect(openStore(`${url}?prefix=theirs:`, { env: {} })).rejects.toThrow(/access list/);
  });
});

describe('a damaged record', () => {
  test.each(['', 'x', 'S', 'T', 'S'.padEnd(41, '\0'), 'T'.padEnd(30, 'x'), 'S'.padEnd(80, '\xff')])(
    'is told as such, and is no session: %j',
    async (value) => {
      const store = await opened();
      await raw.send('SET', sessionKey('a'), Buffer.from(value, 'latin1'));
      expect(await store.sessions.read('a')).toEqual({
        kind: 'damaged',
        detail: expect.stringContaining('damaged'),
      });
      expect(await store.sessions.create(sampleSession('a'))).toBe(false);
    },
  );

  test.each(['', 'x', 'S', 'S'.padEnd(40, '\0')])(
    'is neither updated, nor used, nor ended, and fails nothing: %j',
    async (value) => {
      const store = await opened();
      await store.sessions.create(sampleSession('a'));
      await raw.send('SET', sessionKey('a'), Buffer.from(value, 'latin1'));
      expect(await store.sessions.update(sampleSession('a'), 1)).toBe(false);
      expect(await store.sessions.touch('a', now, now + 1)).toBe(false);
      expect(await store.sessions.end(sampleTombstone('a'))).toBe(false);
      expect(await store.sessions.find('subject', ['subject of a'])).toEqual([]);
    },
  );

  test('of another type is one too', async () => {
    const store = await opened();
    await raw.send('LPUSH', sessionKey('a'), 'x');
    await raw.send('SET', 'coatcheck:lease:grant', 'x');
    await raw.send('SET', 'coatcheck:once:state', 'x');
    expect((await store.sessions.read('a')).kind).toBe('damaged');
    await expect(store.sessions.update(sampleSession('a'), 1)).rejects.toMatchObject(unavailable);
    await expect(store.leases.acquire('grant', 'h', now, now + 1)).rejects.toMatchObject(unavailable);
    await expect(store.once.isClaimed('state', now)).rejects.toMatchObject(unavailable);
    await expect(store.once.claim('state', now, now + 1)).rejects.toMatchObject(unavailable);
  });

  test('keeps nobody else from being found, ended or swept', async () => {
    const store = await opened();
    for (const id of ['a', 'b', 'c']) await store.sessions.create(sampleSession(id, { subject: 's' }));
    await raw.send('SET', sessionKey('a'), 'Sx');
    await raw.send('DEL', sessionKey('b'));
    await raw.send('LPUSH', sessionKey('b'), 'x');
    expect(await store.sweep(now + day, 100, day)).toBe(1);
    expect((await store.sessions.read('c')).kind).toBe('ended');
    await store.sessions.create(sampleSession('d', { subject: 's' }));
    expect(await store.sessions.find('subject', ['s'])).toEqual(['d']);
  });
});
