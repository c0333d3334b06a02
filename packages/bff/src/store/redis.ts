import { type StoreClock, systemClock } from './clock.ts';
import { openCluster } from './redis/cluster.ts';
import { openCounters } from './redis/counters.ts';
import { openIndexes } from './redis/indexes.ts';
import { keysUnder } from './redis/keys.ts';
import { openLeases } from './redis/leases.ts';
import { openOnce } from './redis/once.ts';
import { command } from './redis/request.ts';
import { openSessions } from './redis/sessions.ts';
import { openSingle } from './redis/single.ts';
import { prepareSweep } from './redis/sweep.ts';
import { parseRedisUrl } from './redis/target.ts';
import type { Store } from './store.ts';

/** What {@link openRedisStore} takes. */
export interface RedisStoreOptions {
  /** `redis:` or `rediss:`, also with `+sentinel` or `+cluster`; docs/stores.md has all its parts. */
  readonly url: string;
  /** Where `REDIS_PASSWORD` and its like are looked up; the process's environment unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The system's clocks, unless a test brings its own. */
  readonly clock?: StoreClock;
}

/**
 * Opens a store in Redis 6 or newer, or Valkey: alone, behind sentinels or as a cluster. It opens its connection again
 * by itself whenever that breaks; what was under way then rejects, and may have been done or not.
 *
 * @throws {StoreError} `store_unavailable` if the server cannot be reached, verified or logged in to within its
 * timeout; `store_incompatible` if the URL is wrong, or the keys under the prefix are not for this version
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<Store> {
  const { url, env = process.env, clock = systemClock } = options;
  const target = parseRedisUrl(url, env);
  const keys = keysUnder(target.prefix, target.database);
  const { topology } = target;
  const server =
    topology.kind === 'cluster'
      ? await openCluster(target, topology.nodes, clock)
      : await openSingle(target, topology, clock);
  const indexes = openIndexes(server, keys);
  return {
    sessions: openSessions(server, keys, indexes),
    once: openOnce(server, keys),
    leases: openLeases(server, keys),
    counters: openCounters(server, keys),
    changes: server.feed,
    sweep: prepareSweep(server, keys, indexes),
    async ping() {
      await server.send(command('SET', keys.probe, '1', 'PX', '60000'));
    },
    async close() {
      server.close();
    },
  };
}
