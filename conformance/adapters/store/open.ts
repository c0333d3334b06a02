import type { FaultyStore } from '../../faults/stores/store.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import { openSqlite } from './sqlite.ts';
import { type OpenedStore, wantedKind } from './store.ts';

/**
 * Opens an empty store of the wanted kind: a file, or a part of the server of this run.
 *
 * @param folder of the BFF, for files
 * @param ownServer with a server of its own, whose network can fail; Redis where the run is on SQLite
 */
export async function openStore(folder: string, ownServer: boolean): Promise<OpenedStore> {
  const kind = wantedKind();
  if (ownServer) return kind === 'postgres' ? openPostgres(undefined) : openRedis(undefined);
  const shared = process.env.CONFORMANCE_STORE_URL;
  if (kind === 'redis') return openRedis(shared);
  return kind === 'postgres' ? openPostgres(shared) : openSqlite(folder);
}

/** Starts the server that all BFFs of a run share, unless it is on SQLite. */
export async function startSharedServer(): Promise<FaultyStore | undefined> {
  const kind = wantedKind();
  if (kind === 'sqlite') return undefined;
  const { stores } = await import('../../faults/stores/chosen.ts');
  return stores[kind === 'redis' ? 'Redis' : 'PostgreSQL']();
}
