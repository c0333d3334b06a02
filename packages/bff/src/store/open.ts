import type { StoreClock } from './clock.ts';
import { StoreError } from './errors.ts';
import { openMemoryStore } from './memory.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

const allowed = 'use "sqlite:<path of a file>" or "memory:"';

/**
 * Opens the store that the option `store.url` names: `sqlite:<path>` (relative to the working directory, or
 * absolute; the path is taken as it stands, without percent-decoding) or `memory:`.
 *
 * @throws {StoreError} `store_incompatible` for any other URL and for a file that is not ours; `store_unavailable`
 * for a file that cannot be used now. No message repeats the URL, since one could hold a password.
 */
export async function openStore(url: string, options: { readonly clock?: StoreClock } = {}): Promise<Store> {
  const colon = url.indexOf(':');
  const scheme = url.slice(0, colon + 1).toLowerCase();
  const rest = url.slice(colon + 1);
  switch (scheme) {
    case 'sqlite:':
      return openSqliteStore({ ...options, path: pathOf(rest) });
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
