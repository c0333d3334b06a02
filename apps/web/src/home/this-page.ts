import type { Places } from './page-search.ts';

/** The page that this runs in. */
export const thisPage: Places = {
  cookie: () => document.cookie,
  localStorage: () => window.localStorage,
  sessionStorage: () => window.sessionStorage,
  databases: readDatabases,
  elsewhere: () =>
    `${location.href}\n${JSON.stringify(history.state)}\n${document.documentElement.outerHTML}`,
};

async function readDatabases(): Promise<{ name: string; text: string }[]> {
  const listed = await indexedDB.databases();
  const names = listed.map(({ name }) => name).filter((name) => name !== undefined);
  return Promise.all(names.map(async (name) => ({ name, text: await textOf(name) })));
}

async function textOf(name: string): Promise<string> {
  const database = await answerTo(indexedDB.open(name));
  try {
    const stores = [...database.objectStoreNames];
    if (stores.length === 0) return '';
    const transaction = database.transaction(stores, 'readonly');
    const rows = await Promise.all(stores.map((store) => answerTo(transaction.objectStore(store).getAll())));
    return JSON.stringify(rows);
  } finally {
    database.close();
  }
}

function answerTo<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
