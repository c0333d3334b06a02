/** Holds requests until released. */
export interface Gate {
  /** Resolves when the first request has come. */
  readonly arrived: Promise<void>;
  /** Resolves when `count` requests have come. */
  arrivals(count: number): Promise<void>;
  /** How many requests have come so far. */
  readonly count: number;
  /** Lets all held requests go on, and every later one pass. */
  release(): void;
}

/** The server's side of a gate. */
export interface GateKeeper extends Gate {
  pass(): Promise<void>;
}

/** Makes a closed gate. `onRelease` is called once, when it opens. */
export function createGate(onRelease: () => void = () => {}): GateKeeper {
  const opened = Promise.withResolvers<void>();
  const waitingFor: { count: number; resolve: () => void }[] = [];
  let count = 0;

  const arrivals = (wanted: number) => {
    if (count >= wanted) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    waitingFor.push({ count: wanted, resolve });
    return promise;
  };

  return {
    arrived: arrivals(1),
    arrivals,
    get count() {
      return count;
    },
    release() {
      opened.resolve();
      onRelease();
    },
    async pass() {
      count += 1;
      for (const waiter of waitingFor) if (count >= waiter.count) waiter.resolve();
      await opened.promise;
    },
  };
}
