/**
 * `focus`: the person looks at the page again. `suspended`: the page is left, and may be kept in the back/forward cache.
 * `restored`: it came back from there.
 */
export type PageEvent = 'focus' | 'online' | 'suspended' | 'restored';

/** What the client uses of a BroadcastChannel. */
export type PageChannel = Pick<BroadcastChannel, 'postMessage' | 'close'>;

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
  on(event: PageEvent, listener: () => void): () => void;
  /** Null where the browser has no BroadcastChannel. */
  openChannel(name: string, onMessage: (message: unknown) => void): PageChannel | null;
}

const pageEvents = { focus: 'focus', online: 'online', suspended: 'pagehide', restored: 'pageshow' };

/** The page of this browser, or one that does nothing where there is no browser (server rendering). */
export function currentPage(): Page {
  const view: typeof window | undefined = globalThis.window;
  return {
    origin: view?.location.origin ?? 'null',
    here: () => (view ? view.location.href.slice(view.location.origin.length) : '/'),
    resolve: (address) => URL.parse(address, view?.document.baseURI),
    go: (address) => view?.location.assign(address),
    isOnline: () => view?.navigator.onLine === true,
    now: () => Date.now(),
    on(event, listener) {
      const stop = new AbortController();
      view?.addEventListener(
        pageEvents[event],
        (shown) => {
          if (event !== 'restored' || ('persisted' in shown && shown.persisted)) listener();
        },
        stop,
      );
      if (event === 'focus')
        view?.document.addEventListener('visibilitychange', () => document.hidden || listener(), stop);
      return () => stop.abort();
    },
    openChannel(name, onMessage) {
      if (!view?.BroadcastChannel) return null;
      const channel = new view.BroadcastChannel(name);
      channel.onmessage = (event) => onMessage(event.data);
      return channel;
    },
  };
}
