import { setTimeout as delay } from 'node:timers/promises';
import type { StoreClock } from './clock.ts';
import type { StoreError } from './errors.ts';
import type { Listeners } from './listeners.ts';
import type { ChangeFeed, StoreChange } from './store.ts';

/** One open connection on which a server tells of changes. */
export interface Line {
  /** A round trip: when it resolves, every change that the server made before it answered has been told. */
  beat(): Promise<void>;
  /** How many answers of any kind came so far: a server that is slow is not silent. */
  answers(): number;
  /** Drops the connection at once; what is under way on it rejects. */
  drop(): void;
}

/** What {@link openChannel} takes. */
export interface ChannelOptions<L extends Line> {
  /**
   * Opens a line that hears of changes from now on, or rejects; gives up, and leaves nothing open, when the signal
   * says so. `lost` is told when the line breaks.
   */
  readonly connect: (lost: (why: unknown) => void, signal: AbortSignal) => Promise<L>;
  /** What to reject with, whatever broke. */
  readonly failure: (why: unknown) => StoreError;
  readonly listeners: Listeners;
  readonly clock: StoreClock;
  /** Longest wait for an answer, in milliseconds: a line that is silent for longer is dropped. */
  readonly timeout: number;
}

/** A line that is opened again whenever it breaks. */
export interface Channel<L extends Line> {
  readonly feed: ChangeFeed;
  /** The open line. While it is being opened again, waits, but never until longer than `timeout` after it broke. */
  line(): Promise<L>;
  /**
   * Resolves when these changes, which are made, and all before them have been told to this process. They are told
   * here and now where the line is broken: it may have swallowed them.
   */
  told(changes: readonly StoreChange[]): Promise<void>;
  close(): void;
}

type State<L> =
  | { readonly kind: 'open'; readonly line: L; readonly gone: PromiseWithResolvers<never> }
  | {
      readonly kind: 'broken';
      readonly since: number;
      why: StoreError;
      readonly mended: PromiseWithResolvers<void>;
    }
  | { readonly kind: 'closed' };

const beatEvery = 250;
const longestPause = 500;
const looksPerSilence = 3;

/**
 * Opens a channel. It is known to be complete as of the last beat that was answered; `staleFor` grows from there when
 * the connection is closed, silent, or this process was paused.
 *
 * @throws {StoreError} where the first attempt fails
 */
export async function openChannel<L extends Line>(options: ChannelOptions<L>): Promise<Channel<L>> {
  const { failure, listeners, clock, timeout } = options;
  // Whatever is under way is behind a beat that leaves soon, so it is settled within the timeout too.
  const silentAfter = Math.max(timeout - beatEvery, timeout / 2);
  let completeAt = clock.monotonic();
  let state: State<L> = broken(new Error('it was never reached'));
  let attempt: AbortController | undefined;
  await open(false);

  const timer = setInterval(() => void sync().catch(() => undefined), beatEvery);
  timer.unref();

  async function open(again: boolean): Promise<void> {
    const opening = new AbortController();
    attempt = opening;
    const limit = setTimeout(() => opening.abort(silence(timeout)), timeout);
    let line: L | undefined;
    const lost = (why: unknown) => {
      opening.abort(why);
      if (line !== undefined) lose(line, why);
    };
    try {
      line = await unlessAborted(options.connect(lost, opening.signal), opening.signal);
      const startedAt = clock.monotonic();
      await unlessAborted(line.beat(), opening.signal);
      const before = state;
      const gone = Promise.withResolvers<never>();
      gone.promise.catch(() => undefined);
      state = { kind: 'open', line, gone };
      // Told while the feed still counts as stale: what was cached meanwhile must go before anybody trusts it. Who is
      // told so asks the store at once, on the line that is open again.
      if (again) listeners.tell([{ kind: 'missed' }]);
      completeAt = startedAt;
      if (before.kind === 'broken') before.mended.resolve();
    } catch (error) {
      opening.abort(error);
      line?.drop();
      throw failure(error);
    } finally {
      clearTimeout(limit);
    }
  }

  function lose(line: L, why: unknown): void {
    if (state.kind !== 'open' || state.line !== line) return;
    const { gone } = state;
    const now = broken(why);
    state = now;
    line.drop();
    gone.reject(now.why);
    void reopen(now);
  }

  async function reopen(now: State<L> & { kind: 'broken' }): Promise<void> {
    for (let pause = 25; state === now; pause = Math.min(2 * pause, longestPause)) {
      try {
        await open(true);
      } catch (error) {
        now.why = failure(error);
        await delay(pause, undefined, { ref: false });
      }
    }
  }

  function broken(why: unknown): State<L> & { kind: 'broken' } {
    return {
      kind: 'broken',
      since: clock.monotonic(),
      why: failure(why),
      mended: Promise.withResolvers<void>(),
    };
  }

  async function line(): Promise<L> {
    if (state.kind === 'broken') {
      const left = state.since + timeout - clock.monotonic();
      if (left > 0) await Promise.race([state.mended.promise, delay(left, undefined, { ref: false })]);
    }
    if (state.kind === 'open') return state.line;
    throw state.kind === 'closed' ? failure(new Error('it is closed')) : state.why;
  }

  async function beat(): Promise<void> {
    if (state.kind === 'closed') throw failure(new Error('it is closed'));
    if (state.kind === 'broken') throw state.why;
    const { line: beaten, gone } = state;
    const startedAt = clock.monotonic();
    const stopWatch = watch(beaten);
    try {
      await Promise.race([beaten.beat(), gone.promise]);
      if (state.kind === 'open' && state.line === beaten) completeAt = startedAt;
    } catch (error) {
      lose(beaten, error);
      throw failure(error);
    } finally {
      stopWatch();
    }
  }

  /** Drops a line on which nothing at all comes for too long; returns how to stop watching. */
  function watch(watched: L): () => void {
    let before = watched.answers();
    let quietLooks = 0;
    let second: NodeJS.Immediate | undefined;
    const look = () => {
      const now = watched.answers();
      quietLooks = now === before ? quietLooks + 1 : 0;
      before = now;
      if (quietLooks >= looksPerSilence) lose(watched, silence(timeout));
    };
    // After a round of I/O: an answer that arrived while this process stood still counts.
    const timer = setInterval(() => {
      second = setImmediate(look);
    }, silentAfter / looksPerSilence);
    return () => {
      clearInterval(timer);
      clearImmediate(second);
    };
  }

  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  /** A beat that is under way may have left too early, so whoever comes meanwhile shares the one after it. */
  function sync(): Promise<void> {
    if (running === undefined) {
      running = beat().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return sync();
      });
    return next;
  }

  return {
    feed: {
      subscribe: (listener) => listeners.subscribe(listener),
      staleFor: () => clock.monotonic() - completeAt,
    },
    line,
    async told(changes) {
      try {
        await sync();
      } catch {
        if (state.kind !== 'closed') listeners.tell(changes);
      }
    },
    close() {
      clearInterval(timer);
      const before = state;
      state = { kind: 'closed' };
      attempt?.abort(new Error('it is closed'));
      if (before.kind === 'broken') before.mended.resolve();
      if (before.kind !== 'open') return;
      before.line.drop();
      before.gone.reject(failure(new Error('it is closed')));
    },
  };
}

function silence(timeout: number): Error {
  return new Error(`it gave no answer within ${timeout} ms`);
}

/** A promise that a client library may forget to settle when its connection is dropped. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
