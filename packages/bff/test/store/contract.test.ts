import { join } from 'node:path';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { type ContractSubject, storeContract } from '../../src/store/contract.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { openPostgresStore } from '../../src/store/postgres.ts';
import { openRedisStore } from '../../src/store/redis.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders } from './folder.ts';
import { type PostgresProgram, startPostgres } from './servers/postgres.ts';
import { type RedisProgram, startRedis } from './servers/redis.ts';

const newFolder = temporaryFolders();

async function openMemory(): Promise<ContractSubject> {
  const store = await openMemoryStore();
  return { store, dispose: () => store.close() };
}

/** Opens stores as often as a case asks, and closes them all. */
async function handlesOn(open: () => Promise<Store>): Promise<ContractSubject> {
  const handles: Store[] = [];
  const openAgain = async () => {
    const handle = await open();
    handles.push(handle);
    return handle;
  };
  return {
    store: await openAgain(),
    openAgain,
    async dispose() {
      for (const handle of handles) await handle.close();
    },
  };
}

async function openSqlite(): Promise<ContractSubject> {
  const path = join(newFolder(), 'store.db');
  return handlesOn(() => openSqliteStore({ path, pollInterval: 10 }));
}

describe('the memory store keeps the contract', () => {
  for (const { name, run } of storeContract({ open: openMemory, shared: false })) test(name, run);
});

describe('the SQLite store keeps the contract', () => {
  for (const { name, run } of storeContract({ open: openSqlite, shared: true })) test(name, run);
});

describe('the Redis store keeps the contract', () => {
  let server: RedisProgram;
  let spaces = 0;
  beforeAll(async () => {
    server = await startRedis(newFolder());
  });
  afterAll(() => server.end());

  async function openRedis(): Promise<ContractSubject> {
    spaces += 1;
    const url = `${server.space(`case-${spaces}`)}&timeout=10000`;
    return handlesOn(() => openRedisStore({ url, env: {} }));
  }
  const contract = storeContract({ open: openRedis, shared: true, expiry: 'by-itself' });
  for (const { name, run } of contract) test(name, run);
});

describe('the PostgreSQL store keeps the contract', () => {
  let server: PostgresProgram;
  let spaces = 0;
  beforeAll(async () => {
    server = await startPostgres(newFolder());
  });
  afterAll(() => server.end());

  async function openPostgres(): Promise<ContractSubject> {
    spaces += 1;
    const url = `${server.space(`case_${spaces}`)}&timeout=10000`;
    return handlesOn(() => openPostgresStore({ url, env: {} }));
  }
  for (const { name, run } of storeContract({ open: openPostgres, shared: true })) test(name, run);
});
