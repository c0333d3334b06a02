import type { StoreChange } from './store.ts';

/** Who wants to hear of changes, and the one way to tell them. */
export interface Listeners {
  subscribe(listener: (change: StoreChange) => void): () => void;
  /** Calls every listener once per change, in order, before it returns. */
  tell(changes: readonly StoreChange[]): void;
}

export function createListeners(): Listeners {
  const subscriptions = new Set<{ readonly listener: (change: StoreChange) => void }>();
  const waiting: StoreChange[] = [];
  let telling = false;

  return {
    subscribe(listener) {
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => {
        subscriptions.delete(subscription);
      };
    },
    tell(changes) {
      waiting.push(...changes);
      // A listener that writes to the store comes back here: its change waits until the ones before it are told.
      if (telling) return;
      telling = true;
      for (let change = waiting.shift(); change !== undefined; change = waiting.shift()) {
        for (const { listener } of [...subscriptions]) call(listener, change);
      }
      telling = false;
    },
  };
}

/** A listener's bug must neither undo a write that is done nor pass unseen: it becomes an uncaught exception. */
function call(listener: (change: StoreChange) => void, change: StoreChange): void {
  try {
    listener(change);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
