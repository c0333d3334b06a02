import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { openSqlite } from './sqlite.ts';
import type { FaultyStore } from './store.ts';

/** How to start each store with a server or file of its own. */
export const stores: Readonly<Record<FaultyStore['name'], () => Promise<FaultyStore>>> = {
  Redis: startRedis,
  PostgreSQL: startPostgres,
  SQLite: openSqlite,
};
