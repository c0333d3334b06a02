import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { record, sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { type ContractSubject, storeContract } from '../../src/store/contract.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { openRaw } from './servers/raw-redis.ts';
import { type RedisProgram, startRedis } from './servers/redis.ts';

const newFolder = temporaryFolders();
const slots = 16_384;
let nodes: RedisProgram[] = [];
let url = '';
let spaces = 0;

/** Three masters that share the slots. */
beforeAll(async () => {
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000', '--databases', '1'];
  nodes = await Promise.all([0, 1, 2].map(() => startRedis(newFolder(), options)));
  for (const [index, { port }] of nodes.entries()) {
    const raw = await openRaw(port);
    const [from, to] = [index, index + 1].map((part) => Math.floor((part * slots) / nodes.length));
    await raw.send('CLUSTER', 'ADDSLOTSRANGE', String(from), String((to ?? 0) - 1));
    for (const other of nodes) {
      if (other.port !== port) await raw.send('CLUSTER', 'MEET', '127.0.0.1', String(other.port));
    }
    raw.close();
  }
  for (const { port } of nodes) {
    const raw = await openRaw(port);
    const ready = (info: unknown) => /cluster_state:ok[\s\S]*cluster_known_nodes:3/.test(String(info));
    await waitUntil(async () => ready(await raw.send('CLUSTER', 'INFO')));
    raw.close();
  }
  url = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
});
afterAll(async () => {
  for (const node of nodes) await node.end();
});

async function openCluster(): Promise<ContractSubject> {
  spaces += 1;
  const handles: Store[] = [];
  const openAgain = async () => {
    const handle = await openStore(`${url}?prefix=case-${spaces}:&timeout=10000`, { env: {} });
    handles.push(handle);
    return handle;
  };
  const store = await openAgain();
  return {
    store,
    openAgain,
    async dispose() {
      for (const handle of handles) await handle.close();
    },
  };
}

describe('the Redis store keeps the contract in a cluster', () => {
  const contract = storeContract({ open: openCluster, shared: true, expiry: 'by-itself' });
  for (const { name, run } of contract) test(name, run);
});

describe('a Redis store in a cluster', () => {
  const open: Store[] = [];
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
  });
  async function opened(more = ''): Promise<Store> {
    const store = await openStore(`${url}?timeout=1500${more}`, { env: {} });
    open.push(store);
    return store;
  }

  test('waits for replicas, and says so where there are none', async () => {
    const store = await opened('&wait=1&waitTimeout=50');
    await expect(store.sessions.create(sampleSession('a'))).rejects.toThrow(/0 of 1 replicas/);
    expect((await store.sessions.read('a')).kind).toBe('session');
  });

  test('is stale while one of its masters stands still, and says that it missed something afterwards', async () => {
    const store = await opened();
    const ids = Array.from({ length: 20 }, (_, index) => `session-${index}`);
    for (const id of ids) await store.sessions.create(sampleSession(id));
    const told = record(store);
    const [stopped] = nodes;
    stopped?.signal('SIGSTOP');
    try {
      await waitUntil(() => store.changes.staleFor() > 1000);
      const startedAt = performance.now();
      const ends = await Promise.allSettled(ids.map((id) => store.sessions.end(sampleTombstone(id))));
      expect(performance.now() - startedAt).toBeLessThan(5000);
      for (const end of ends) {
        if (end.status === 'rejected')
          expect(end.reason).toMatchObject({ name: 'StoreError', code: 'store_unavailable' });
      }
    } finally {
      stopped?.signal('SIGCONT');
    }
    await waitUntil(() => store.changes.staleFor() < 1000);
    expect(told).toContainEqual({ kind: 'missed' });
    for (const id of ids) {
      await waitUntil(() =>
        store.sessions.end(sampleTombstone(id)).then(
          () => true,
          () => false,
        ),
      );
    }
  });
});

test('a plain Redis URL says that it needs redis+cluster: for a cluster', async () => {
  const [node] = nodes;
  const store = openStore(node?.url ?? '', { env: {} });
  await expect(store.then(({ sessions }) => sessions.create(sampleSession('a')))).rejects.toMatchObject({
    name: 'StoreError',
    code: 'store_incompatible',
    message: expect.stringContaining('redis+cluster:'),
  });
});

test('a cluster URL says what is wrong with its login, and that a single server is no cluster', async () => {
  const wrong = openStore(url.replace('://', '://nobody:not-it@'), { env: {} });
  await expect(wrong).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' });
  await expect(wrong).rejects.toThrow(/refuses the user name or password/);
  const single = await startRedis(newFolder());
  const opening = openStore(single.url.replace('redis:', 'redis+cluster:'), { env: {} });
  await expect(opening).rejects.toMatchObject({ code: 'store_incompatible' });
  await expect(opening).rejects.toThrow(/write store\.url with redis:/);
  await single.end();
});
