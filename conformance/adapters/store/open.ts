import type { FaultyStore } from '../../faults/stores/store.ts';
import { openPostgres } from './postgres.ts';
import { openRedis } from './redis.ts';
import { openSqlite } from './sqlite.ts';
import { type OpenedStore, wantedKind } from './store.ts';

/**
 * Opens an empty store of the wanted kind: a file, a Redis server, or a part of the PostgreSQL server of this run.
 *
 * @param folder of the BFF, for files
 * @param canFail on a server of its own, whose network can fail; Redis where the run is on SQLite
 */
export async function openStore(folder: string, canFail: boolean): Promise<OpenedStore> {
  const kind = wantedKind();
  if (kind === 'postgres') return openPostgres(canFail ? undefined : process.env.CONFORMANCE_STORE_URL);
  return kind === 'redis' || canFail ? openRedis(canFail) : openSqlite(folder);
}

/** Starts the server that all BFFs of a run share: only PostgreSQL takes seconds to start. */
export async function startSharedServer(): Promise<FaultyStore | undefined> {
  if (wantedKind() !== 'postgres') return undefined;
  return (await import('../../faults/stores/postgres.ts')).startPostgres();
}
