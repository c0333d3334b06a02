import { holdLock, type LockRequest } from './web-lock.ts';

/**
 * `focus`: the person looks at the page again. `suspended`: nothing runs from here on, because the page was left or is
 * frozen. `restored`: it came back from the back/forward cache. `resumed`: it was frozen in its tab and runs again.
 */
export type PageEvent = 'focus' | 'online' | 'suspended' | 'restored' | 'resumed';

export interface PageChannel {
  post(message: object): void;
  close(): void;
}

/** All that the client needs of the page it runs in, so that tests (and other hosts) can stand in for it. */
export interface Page {
  readonly origin: string;
  /** Path, query and fragment of the current address. */
  here(): string;
  /** Makes an address absolute; null where it is none. */
  resolve(address: string): URL | null;
  go(address: string): void;
  isOnline(): boolean;
  /** Milliseconds since the epoch. */
  now(): number;
  /** From 0 up to 1. */
  random(): number;
  /** Runs something after some milliseconds, unless the returned function is called before. */
  after(milliseconds: number, run: () => void): () => void;
  on(event: PageEvent, listener: () => void): () => void;
  /** Null where the browser has no BroadcastChannel. */
  openChannel(name: string, onMessage: (message: unknown) => void): PageChannel | null;
  /**
   * Queues for a lock that one page of this browser holds at a time (Web Locks); the returned function lets go of it,
   * or leaves the queue. Null where the browser has no such locks.
   */
  holdLock(name: string, request: LockRequest): (() => void) | null;
  /** A note that lives as long as the tab; null where there is none, or no place to keep one. */
  recall(key: string): string | null;
  /** Keeps a note for this tab; null forgets it. */
  remember(key: string, note: string | null): void;
}

/** The page of this browser, or one that does nothing where there is no browser (server rendering). */
export function currentPage(): Page {
  return typeof window === 'undefined' ? absentPage() : browserPage(window);
}

const longestTimeout = 2 ** 31 - 1;

function browserPage(view: Window): Page {
  return {
    origin: view.location.origin,
    here: () => view.location.pathname + view.location.search + view.location.hash,
    resolve: (address) =>
      URL.canParse(address, view.document.baseURI) ? new URL(address, view.document.baseURI) : null,
    go: (address) => view.location.assign(address),
    isOnline: () => view.navigator.onLine,
    now: () => Date.now(),
    random: () => Math.random(),
    after(milliseconds, run) {
      const timer = view.setTimeout(run, Math.min(milliseconds, longestTimeout));
      return () => view.clearTimeout(timer);
    },
    on: (event, listener) => listen(view, event, listener),
    openChannel(name, onMessage) {
      if (typeof BroadcastChannel === 'undefined') return null;
      const channel = new BroadcastChannel(name);
      channel.onmessage = (event) => onMessage(event.data);
      return { post: (message) => channel.postMessage(message), close: () => channel.close() };
    },
    holdLock(name, request) {
      // Not there on a page without TLS, which the type does not know.
      const locks: LockManager | null | undefined = view.navigator.locks;
      return locks ? holdLock(locks, name, request) : null;
    },
    recall(key) {
      try {
        return view.sessionStorage.getItem(key);
      } catch {
        return null; // storage is blocked: the server's own loop breaker remains
      }
    },
    remember(key, note) {
      try {
        if (note === null) view.sessionStorage.removeItem(key);
        else view.sessionStorage.setItem(key, note);
      } catch {
        // as above
      }
    },
  };
}

function listen(view: Window, event: PageEvent, listener: () => void): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  switch (event) {
    case 'focus':
      view.addEventListener('focus', listener, options);
      view.document.addEventListener(
        'visibilitychange',
        () => {
          if (view.document.visibilityState === 'visible') listener();
        },
        options,
      );
      break;
    case 'online':
      view.addEventListener('online', listener, options);
      break;
    case 'suspended':
      view.addEventListener('pagehide', listener, options);
      view.document.addEventListener('freeze', listener, options);
      break;
    case 'resumed': {
      // A page in the back/forward cache is frozen too, but comes back by `restored`.
      let isLeft = false;
      view.addEventListener('pagehide', () => (isLeft = true), options);
      view.addEventListener('pageshow', () => (isLeft = false), options);
      view.document.addEventListener('resume', () => isLeft || listener(), options);
      break;
    }
    case 'restored':
      view.addEventListener(
        'pageshow',
        (shown) => {
          if (shown.persisted) listener();
        },
        options,
      );
      break;
  }
  return () => stop.abort();
}

function absentPage(): Page {
  return {
    origin: 'null',
    here: () => '/',
    resolve: (address) => (URL.canParse(address) ? new URL(address) : null),
    go() {},
    isOnline: () => false,
    now: () => Date.now(),
    random: () => 0,
    after: () => () => {},
    on: () => () => {},
    openChannel: () => null,
    holdLock: () => null,
    recall: () => null,
    remember() {},
  };
}
