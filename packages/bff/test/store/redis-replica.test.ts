import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { expectSession, record, sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { openRedisStore } from '../../src/store/redis.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { openRaw, type RawRedis } from './servers/raw-redis.ts';
import { type RedisProgram, startRedis } from './servers/redis.ts';

const newFolder = temporaryFolders();
const unavailable = { name: 'StoreError', code: 'store_unavailable' };

let master: RedisProgram;
let replica: RedisProgram;
let rawMaster: RawRedis;
let rawReplica: RawRedis;
const open: Store[] = [];

beforeAll(async () => {
  const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
  master = await startRedis(newFolder(), quick);
  replica = await startRedis(newFolder(), [...quick, '--replicaof', `127.0.0.1 ${master.port}`]);
  rawMaster = await openRaw(master.port);
  rawReplica = await openRaw(replica.port);
  await waitUntil(inSync);
});
afterAll(async () => {
  rawMaster.close();
  rawReplica.close();
  for (const server of [master, replica]) await server.end();
});
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
  await rawMaster.send('FLUSHALL');
});

async function inSync(): Promise<boolean> {
  return String(await rawReplica.send('INFO', 'replication')).includes('master_link_status:up');
}

async function opened(server: RedisProgram, more: string): Promise<Store> {
  const store = await openRedisStore({ url: `${server.url}?${more}`, env: {} });
  open.push(store);
  return store;
}

describe('a Redis store that waits for a replica', () => {
  test('has given it each session, rotation and ending when it says so (BFF-REF-05)', async () => {
    const store = await opened(master, 'wait=1&waitTimeout=5000&timeout=10000');
    for (let round = 0; round < 20; round += 1) {
      const id = `session-${round}`;
      const key = `coatcheck:session:${id}`;
      await store.sessions.create(sampleSession(id));
      expect(await rawReplica.send('EXISTS', key)).toBe(1);
      await store.sessions.update(sampleSession(id, { sealed: Buffer.from('rotated') }), 1);
      expect(String(await rawReplica.send('GETRANGE', key, '-7', '-1'))).toBe('rotated');
      await store.sessions.end(sampleTombstone(id));
      expect(String(await rawReplica.send('GETRANGE', key, '0', '0'))).toBe('T');
    }
  });

  test('tells its own listeners before it resolves, and many at once share a wait', async () => {
    const store = await opened(master, 'wait=1&waitTimeout=5000&timeout=10000');
    const told = record(store);
    const ids = Array.from({ length: 50 }, (_, index) => `session-${index}`);
    expect(await Promise.all(ids.map((id) => store.sessions.create(sampleSession(id))))).not.toContain(false);
    await Promise.all(ids.map((id) => store.sessions.end(sampleTombstone(id))));
    expect(told.length).toBe(50);
  });

  test('rejects, in time, what the replica does not confirm, and neither reads nor changes suffer from it', async () => {
    const store = await opened(master, 'wait=1&waitTimeout=200');
    await store.sessions.create(sampleSession('a'));
    const other = await opened(master, 'wait=0');
    const told = record(other);
    replica.signal('SIGSTOP');
    try {
      const startedAt = performance.now();
      const update = store.sessions.update(sampleSession('a', { version: 2 }), 1);
      await expect(update).rejects.toMatchObject(unavailable);
      await expect(update).rejects.toThrow(/0 of 1 replicas/);
      expect(performance.now() - startedAt).toBeLessThan(1500);
      // The master has it: whoever reads again sees the new version.
      expect(await store.sessions.read('a')).toMatchObject({ kind: 'session', session: { version: 2 } });
      expect(store.changes.staleFor()).toBeLessThan(1000);
      await waitUntil(() => told.length === 1);
      // Uses and names do not wait.
      expect(await store.sessions.touch('a', 1, 1)).toBe(true);
    } finally {
      replica.signal('SIGCONT');
    }
    await waitUntil(inSync);
    await waitUntil(() =>
      store.sessions.update(sampleSession('a'), 2).then(
        () => true,
        () => false,
      ),
    );
  });
});

describe('a Redis store whose server became a replica', () => {
  test('refuses until it finds a master there again', async () => {
    const store = await opened(master, '');
    await store.sessions.create(sampleSession('a'));
    const told = record(store);
    await rawMaster.send('REPLICAOF', '127.0.0.1', '1');
    await expect(store.sessions.touch('a', 1, 1)).rejects.toThrow(/read-only replica/);
    await waitUntil(() => store.changes.staleFor() > 1000);
    await expect(store.ping()).rejects.toMatchObject(unavailable);
    await rawMaster.send('REPLICAOF', 'NO', 'ONE');
    await waitUntil(() => store.changes.staleFor() < 1000);
    expect(told).toEqual([{ kind: 'missed' }]);
    await expectSession(store, sampleSession('a'));
  });

  test('is not opened on a replica', async () => {
    await waitUntil(inSync);
    await expect(opened(replica, '')).rejects.toMatchObject(unavailable);
    await expect(opened(replica, '')).rejects.toThrow(/read-only replica/);
  });
});
