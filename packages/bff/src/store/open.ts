import type { StoreClock } from './clock.ts';
import { StoreError } from './errors.ts';
import { openMemoryStore } from './memory.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

const allowed =
  'use "sqlite:<path of a file>", "redis://<host>", "postgres://<user>@<host>/<database>" or "memory:"';

/** What {@link openStore} takes beside the URL. */
export interface OpenStoreOptions {
  /** The system's clocks, unless a test brings its own. */
  readonly clock?: StoreClock;
  /** Where passwords that the URL leaves out are looked up; the process's environment unless told. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens the store that the option `store.url` names: `sqlite:<path>` (relative to the working directory, or absolute;
 * the path is taken as it stands, without percent-decoding), `redis:` or `rediss:` (also with `+sentinel` or
 * `+cluster`), `postgres:` or `postgresql:`, or `memory:`. docs/stores.md has all parts of each.
 *
 * @throws {StoreError} `store_incompatible` for any other URL and for what is not ours; `store_unavailable` for what
 * cannot be used now. No message repeats the URL, since one could hold a password.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  const colon = url.indexOf(':');
  const scheme = url.slice(0, colon + 1).toLowerCase();
  const rest = url.slice(colon + 1);
  switch (scheme) {
    case 'sqlite:':
      return openSqliteStore({ ...options, path: pathOf(rest) });
    case 'redis:':
    case 'rediss:':
    case 'redis+sentinel:':
    case 'rediss+sentinel:':
    case 'redis+cluster:':
    case 'rediss+cluster:':
      // Only who uses a client library pays for loading it.
      return (await import('./redis.ts')).openRedisStore({ ...options, url });
    case 'postgres:':
    case 'postgresql:':
      return (await import('./postgres.ts')).openPostgresStore({ ...options, url });
    case 'memory:':
      if (rest !== '') throw new StoreError('store_incompatible', 'store.url: nothing may follow "memory:".');
      return openMemoryStore();
    default: {
      const found = /^[a-z][a-z0-9+.-]*:$/.test(scheme)
        ? `the scheme "${scheme}" is unknown`
        : 'it has no scheme';
      throw new StoreError('store_incompatible', `store.url: ${found}; ${allowed}.`);
    }
  }
}

function pathOf(rest: string): string {
  const path = rest.startsWith('///') ? rest.slice(2) : rest;
  if (path === '' || path === ':memory:') {
    throw new StoreError('store_incompatible', `store.url: "sqlite:" needs the path of a file; ${allowed}.`);
  }
  if (path.startsWith('//')) {
    throw new StoreError('store_incompatible', `store.url: a SQLite file has no host; ${allowed}.`);
  }
  return path;
}
