import type { ApiFetch } from './api-fetch.ts';
import { retryOf } from './retry.ts';

/** How often, and how long, is tried again. */
export interface RetryOptions {
  /** How often a call is sent at most. Default 3. */
  attempts?: number;
  /** The longest that is waited before another try, in seconds: where the server wants more, the call fails. Default 10. */
  longestWait?: number;
  /** Waits; rejects with the signal's reason. Default: by a timer. */
  wait?: (seconds: number, signal: AbortSignal | null) => Promise<void>;
}

/** These may happen twice (RFC 9110 §9.2.2). */
const idempotent = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/i;

/**
 * The same `fetch`, but a call that may pass when it is sent again is, after as long as the server says: any that did
 * nothing (`retryOf`), and of the others those that may happen twice. A body that is a stream is sent once.
 *
 * @param send `client.fetch`, or that of `createSignInAgain`
 * @example
 * const fetch = retryingFetch(client.fetch);
 * const response = await fetch('/api/notes', { method: 'POST', body });
 */
export function retryingFetch(send: ApiFetch, options: RetryOptions = {}): ApiFetch {
  const { attempts = 3, longestWait = 10, wait = waitSeconds } = options;
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined;
    const mayRepeat = idempotent.test(init?.method ?? request?.method ?? 'GET');
    const left = init?.body instanceof ReadableStream ? 1 : attempts;
    for (let attempt = 1; ; attempt++) {
      try {
        // What is sent once is gone, so a copy is sent.
        return await send(request && attempt < left ? request.clone() : input, init);
      } catch (error) {
        const retry = retryOf(error);
        const seconds = retry?.after ?? 2 ** (attempt - 1);
        const isWorthIt = retry !== undefined && (retry.didNothing || mayRepeat) && seconds <= longestWait;
        if (!isWorthIt || attempt >= left) throw error;
        await wait(seconds, init?.signal ?? request?.signal ?? null);
      }
    }
  };
}

function waitSeconds(seconds: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, seconds * 1_000);
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
