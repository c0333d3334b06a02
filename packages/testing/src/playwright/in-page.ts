// These functions run inside the page. They are sent as text, so each must stand alone; only what they use of the
// browser is declared, since this package is compiled without the DOM's types.

import type { Place } from './places.ts';

interface KeyValueStore {
  readonly length: number;
  key(at: number): string | null;
  getItem(key: string): string | null;
}
interface Pending<Result> {
  result: Result;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
  onblocked?: (() => void) | null;
}
interface Cursor {
  key: unknown;
  value: unknown;
  continue(): void;
}
interface Database {
  objectStoreNames: Iterable<string>;
  transaction(name: string): { objectStore(name: string): { openCursor(): Pending<Cursor | null> } };
  close(): void;
}
interface HtmlElement {
  value?: unknown;
  outerHTML: string;
  shadowRoot: HtmlRoot | null;
}
interface HtmlRoot {
  innerHTML?: string;
  querySelectorAll(selector: string): Iterable<HtmlElement>;
}
declare const location: { href: string; origin: string };
declare const localStorage: KeyValueStore;
declare const sessionStorage: KeyValueStore;
declare const document: HtmlRoot & {
  cookie: string;
  title: string;
  referrer: string;
  documentElement: HtmlElement;
};
declare const history: { state: unknown };
declare const name: string;
declare const navigation: { entries(): { url: string | null; getState(): unknown }[] } | undefined;
declare const performance: { getEntries(): { name: string }[] };
declare const indexedDB: {
  databases(): Promise<{ name?: string }[]>;
  open(name: string): Pending<Database>;
};
declare const caches: {
  keys(): Promise<string[]>;
  open(name: string): Promise<{
    keys(): Promise<globalThis.Request[]>;
    match(request: globalThis.Request): Promise<globalThis.Response | undefined>;
  }>;
};

/** Place, where, and what was there. */
export type PageSighting = [place: Place, where: string, text: string];

/** Web storage, cookies, DOM, history and what else script can read at once. A store that is forbidden is empty. */
export function readPage(): PageSighting[] {
  const found: PageSighting[] = [];
  const attempt = (place: Place, where: string, read: () => unknown) => {
    try {
      const value = read();
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      found.push([place, where, text ?? '']);
    } catch {
      // Forbidden here (a sandboxed or opaque origin), so script cannot keep anything there either.
    }
  };
  const entriesOf = (store: KeyValueStore) =>
    Array.from({ length: store.length }, (_, at) => {
      const key = store.key(at) ?? '';
      return `${key}\n${store.getItem(key)}`;
    }).join('\n');

  attempt('local-storage', location.origin, () => entriesOf(localStorage));
  attempt('session-storage', location.origin, () => entriesOf(sessionStorage));
  attempt('cookie', `document.cookie of ${location.origin}`, () => document.cookie);
  attempt('dom', location.href, () => document.documentElement.outerHTML);
  attempt('dom', `window.name of ${location.href}`, () => name);
  attempt('dom', `document.title of ${location.href}`, () => document.title);
  attempt('history', `document.referrer of ${location.href}`, () => document.referrer);
  attempt('history', `history.state of ${location.href}`, () => history.state);
  attempt('url', location.href, () => location.href);
  for (const entry of navigation?.entries() ?? []) {
    attempt('history', entry.url ?? '', () => `${entry.url}\n${JSON.stringify(entry.getState() ?? '')}`);
  }
  for (const entry of performance.getEntries()) attempt('url', entry.name, () => entry.name);

  const readRoot = (root: HtmlRoot) => {
    for (const element of root.querySelectorAll('*')) {
      if (typeof element.value === 'string')
        attempt('dom', `form value in ${location.href}`, () => element.value);
      if (element.shadowRoot) {
        const { shadowRoot } = element;
        attempt('dom', `shadow root in ${location.href}`, () => shadowRoot.innerHTML ?? '');
        readRoot(shadowRoot);
      }
    }
  };
  readRoot(document);
  return found;
}

/** Every database and every cache of the frame's origin, keys and values. */
export async function readDatabases(): Promise<PageSighting[]> {
  const found: PageSighting[] = [];
  const latin1 = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const describe = async (value: unknown, seen = new Set<unknown>()): Promise<string> => {
    if (typeof value !== 'object' || value === null) return String(value);
    if (seen.has(value)) return '';
    seen.add(value);
    if (value instanceof Blob) return latin1(new Uint8Array(await value.arrayBuffer()));
    if (value instanceof ArrayBuffer) return latin1(new Uint8Array(value));
    if (ArrayBuffer.isView(value))
      return latin1(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    const parts =
      value instanceof Map
        ? [...value].flat()
        : value instanceof Set
          ? [...value]
          : Object.entries(value).flat();
    return (await Promise.all(parts.map((part) => describe(part, seen)))).join('\n');
  };
  const settle = <Result>(request: Pending<Result>) =>
    new Promise<Result>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error('request failed'));
      request.onblocked = () => reject(new Error('blocked'));
    });

  const readStore = async (database: Database, storeName: string) => {
    const pairs: [unknown, unknown][] = [];
    const request = database.transaction(storeName).objectStore(storeName).openCursor();
    await new Promise<void>((resolve, reject) => {
      request.onerror = () => reject(new Error('cursor failed'));
      request.onsuccess = () => {
        if (!request.result) return resolve();
        pairs.push([request.result.key, request.result.value]);
        request.result.continue();
      };
    });
    return describe(pairs);
  };
  const readDatabase = async (databaseName: string) => {
    const database = await settle(indexedDB.open(databaseName));
    for (const storeName of database.objectStoreNames) {
      const where = `${databaseName}.${storeName} of ${location.origin}`;
      found.push(['indexed-db', where, await readStore(database, storeName)]);
    }
    database.close();
  };
  const readCache = async (cacheName: string) => {
    const cache = await caches.open(cacheName);
    for (const request of await cache.keys()) {
      const response = await cache.match(request);
      const headers = [...request.headers, ...(response?.headers ?? [])].flat().join('\n');
      const body = response ? latin1(new Uint8Array(await response.arrayBuffer())) : '';
      found.push([
        'cache-storage',
        `${cacheName} of ${location.origin}`,
        `${request.url}\n${headers}\n${body}`,
      ]);
    }
  };

  const namesOf = (list: () => Promise<string[]>) =>
    Promise.resolve()
      .then(list)
      .catch(() => []); // forbidden here
  const databaseNames = await namesOf(async () => (await indexedDB.databases()).map((one) => one.name ?? ''));
  found.push(['indexed-db', `names of ${location.origin}`, databaseNames.join('\n')]);
  for (const databaseName of databaseNames) await readDatabase(databaseName);
  const cacheNames = await namesOf(() => caches.keys());
  found.push(['cache-storage', `names of ${location.origin}`, cacheNames.join('\n')]);
  for (const cacheName of cacheNames) await readCache(cacheName);
  return found;
}
