import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectSession, record, sampleSession } from '../../src/store/contract/subject.ts';
import { openStore } from '../../src/store/open.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { openRaw, type RawRedis } from './servers/raw-redis.ts';
import { type RedisProgram, startRedis } from './servers/redis.ts';

const newFolder = temporaryFolders();
let master: RedisProgram;
let replica: RedisProgram;
let sentinel: RedisProgram;
let raw: RawRedis;

beforeAll(async () => {
  const quick = ['--repl-diskless-sync-delay', '0'];
  master = await startRedis(newFolder(), quick);
  replica = await startRedis(newFolder(), [...quick, '--replicaof', `127.0.0.1 ${master.port}`]);
  const folder = newFolder();
  const file = join(folder, 'sentinel.conf');
  const lines = [
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor shop 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds shop 500',
    'sentinel failover-timeout shop 3000',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  sentinel = await startRedis(folder, [file, '--sentinel']);
  raw = await openRaw(sentinel.port);
  await waitUntil(async () => (await raw.list('SENTINEL', 'REPLICAS', 'shop')).length === 1);
});
afterAll(async () => {
  raw.close();
  for (const server of [sentinel, replica, master]) await server.end();
});

test('a Redis store finds its master through sentinels, and the next one after a failover', async () => {
  // The first of them is down.
  const url = `redis+sentinel://127.0.0.1:1,127.0.0.1:${sentinel.port}/shop/1?wait=1&waitTimeout=5000&timeout=5000`;
  const store = await openStore(url, { env: {} });
  await store.sessions.create(sampleSession('a'));
  expect(await store.sessions.update(sampleSession('a', { sealed: Buffer.from('rotated') }), 1)).toBe(true);
  const told = record(store);

  await waitUntil(async () => {
    const [info] = [await raw.send('SENTINEL', 'REPLICAS', 'shop')];
    return JSON.stringify(info).includes('"ok"');
  });
  await master.end('SIGKILL');
  await waitUntil(() => store.changes.staleFor() > 1000);
  await waitUntil(() => told.length > 0);
  expect(told).toEqual([{ kind: 'missed' }]);
  await expectSession(store, sampleSession('a', { version: 2, sealed: Buffer.from('rotated') }));
  // Nobody is left to confirm a write.
  expect(await store.sessions.touch('a', 1, 1)).toBe(true);
  await store.close();
});

test('a Redis store says when the sentinels know no such master', async () => {
  const opening = openStore(`redis+sentinel://127.0.0.1:${sentinel.port}/nobody`, { env: {} });
  await expect(opening).rejects.toMatchObject({ name: 'StoreError', code: 'store_unavailable' });
  await expect(opening).rejects.toThrow(/knows no master named nobody/);
});
