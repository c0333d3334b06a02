import { type StoreClock, systemClock } from './clock.ts';
import { openCounters } from './postgres/counters.ts';
import { openDatabase, openOwnClient } from './postgres/database.ts';
import { asStoreError } from './postgres/failure.ts';
import { listen } from './postgres/feed.ts';
import { openLeases } from './postgres/leases.ts';
import { openOnce } from './postgres/once.ts';
import { prepareSchema } from './postgres/schema.ts';
import { openSessions } from './postgres/sessions.ts';
import { statementsFor } from './postgres/statements.ts';
import { prepareSweep } from './postgres/sweep.ts';
import { type PostgresTarget, parsePostgresUrl } from './postgres/target.ts';
import type { Store } from './store.ts';

/** What {@link openPostgresStore} takes. */
export interface PostgresStoreOptions {
  /** `postgres:` or `postgresql:`; docs/stores.md has all its parts. */
  readonly url: string;
  /** Where `PGPASSWORD` and its like are looked up; the process's environment unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The system's clocks, unless a test brings its own. */
  readonly clock?: StoreClock;
}

/**
 * Opens a store in PostgreSQL 13 or newer, in a schema of its own, which it makes and brings up to date. It opens its
 * connections again by itself whenever they break; what was under way then rejects, and may have been done or not.
 *
 * @throws {StoreError} `store_unavailable` if the server cannot be reached, verified or logged in to within its
 * timeout; `store_incompatible` if the URL is wrong, or the schema is another program's or a newer version's
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { url, env = process.env, clock = systemClock } = options;
  const target = parsePostgresUrl(url, env);
  await migrate(target);
  const feed = await listen(target, clock);
  const database = openDatabase(target);
  const statements = statementsFor(target.schema);
  return {
    sessions: openSessions(database, statements, feed),
    once: openOnce(database, statements),
    leases: openLeases(database, statements, feed),
    counters: openCounters(database, statements),
    changes: feed.feed,
    sweep: prepareSweep(database, statements, feed),
    async ping() {
      await database.run(statements.probe);
    },
    async close() {
      feed.close();
      await database.close();
    },
  };
}

async function migrate(target: PostgresTarget): Promise<void> {
  try {
    const { client, drop } = await openOwnClient(target, () => undefined);
    try {
      await prepareSchema(client, target);
    } finally {
      drop();
    }
  } catch (error) {
    throw asStoreError(error, target);
  }
}
