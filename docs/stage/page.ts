import type { HostPage, LockRequest, PageEvent } from '@coatcheck/client';

export const origin = 'https://app.example';

/** Of one browser: what its tabs say to each other, and the locks that one of them holds. */
export function createBrowser() {
  const ends = new Set<{ name: string; deliver: (message: unknown) => void }>();
  const queues = new Map<string, LockRequest[]>();

  function grant(name: string): void {
    const [first] = queues.get(name) ?? [];
    if (first) queueMicrotask(() => queues.get(name)?.[0] === first && first.onHeld());
  }

  return {
    /** To all tabs, as from a page that is none of them. */
    post(name: string, message: unknown): void {
      for (const end of [...ends]) if (end.name === name) end.deliver(structuredClone(message));
    },
    openChannel(name: string, deliver: (message: unknown) => void) {
      const own = { name, deliver };
      ends.add(own);
      return {
        postMessage(message: unknown) {
          for (const end of [...ends])
            if (end !== own && end.name === name) queueMicrotask(() => end.deliver(structuredClone(message)));
        },
        close: () => void ends.delete(own),
      };
    },
    holdLock(name: string, request: LockRequest): () => void {
      const queue = queues.get(name) ?? [];
      queues.set(name, queue);
      if (request.steal) queue.shift()?.onLost();
      queue.push(request);
      if (queue[0] === request) grant(name);
      return () => {
        const place = queue.indexOf(request);
        if (place !== -1) queue.splice(place, 1);
        if (place === 0) grant(name);
      };
    },
  };
}

export type Browser = ReturnType<typeof createBrowser>;

export interface PageParts {
  readonly browser: Browser;
  /** Storage of the tab, which outlives the page. */
  readonly notes: Map<string, string>;
  here(): string;
  go(address: string): void;
  isOnline(): boolean;
}

/** A page that stands in for the browser's own: it goes nowhere, and its origin is an example's. */
export function createPage({ browser, notes, here, go, isOnline }: PageParts) {
  const listeners = new Map<PageEvent, Set<() => void>>();
  const page: HostPage = {
    origin,
    here,
    go,
    isOnline,
    now: () => Date.now(),
    resolve: (address) => URL.parse(address, origin + here()),
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return () => set.delete(listener);
    },
    openChannel: browser.openChannel,
    holdLock: browser.holdLock,
    onFreeze: () => () => {},
    after(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    random: () => Math.random(),
    recall: (key) => notes.get(key) ?? null,
    remember(key, note) {
      if (note === null) notes.delete(key);
      else notes.set(key, note);
    },
  };
  return {
    page,
    fire(event: PageEvent): void {
      for (const listener of [...(listeners.get(event) ?? [])]) listener();
    },
  };
}
