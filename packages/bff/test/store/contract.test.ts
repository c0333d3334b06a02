import { join } from 'node:path';
import { describe, test } from 'vitest';
import { type ContractSubject, storeContract } from '../../src/store/contract.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders } from './folder.ts';

const newFolder = temporaryFolders();

async function openMemory(): Promise<ContractSubject> {
  const store = await openMemoryStore();
  return { store, dispose: () => store.close() };
}

async function openSqlite(): Promise<ContractSubject> {
  const path = join(newFolder(), 'store.db');
  const handles: Store[] = [];
  const openAgain = async () => {
    const handle = await openSqliteStore({ path, pollInterval: 10 });
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

describe('the memory store keeps the contract', () => {
  for (const { name, run } of storeContract({ open: openMemory, shared: false })) test(name, run);
});

describe('the SQLite store keeps the contract', () => {
  for (const { name, run } of storeContract({ open: openSqlite, shared: true })) test(name, run);
});
