import { setTimeout } from 'node:timers/promises';

/** What a stream of ticks is made from. Times are milliseconds. */
export interface Ticks {
  readonly subject: string;
  /** Number of the first tick. */
  readonly first: number;
  readonly interval: number;
  /** When the access token expires: an open stream must not outlive it. */
  readonly until: number;
  readonly clock: () => number;
  /** Ends the stream at once. */
  readonly signal: AbortSignal;
}

/** How soon a browser comes back after the stream ended, in milliseconds. */
const retry = 1000;

/** Server-sent events: a counter, one per interval, each with its number as id so that a reconnect goes on from it. */
export async function* ticks(options: Ticks): AsyncGenerator<string> {
  const { subject, first, interval, until, clock, signal } = options;
  yield `retry: ${retry}\n\n`;
  for (let count = first; !signal.aborted && clock() < until; count += 1) {
    const data = JSON.stringify({ count, subject, at: new Date(clock()).toISOString() });
    yield `id: ${count}\ndata: ${data}\n\n`;
    const pause = Math.max(0, Math.min(interval, until - clock()));
    await setTimeout(pause, undefined, { signal }).catch(() => {});
  }
}

/** The number after the last one that the browser saw (`Last-Event-ID`), or 1. */
export function nextAfter(lastEventId: unknown): number {
  return typeof lastEventId === 'string' && /^\d{1,15}$/.test(lastEventId) ? Number(lastEventId) + 1 : 1;
}
