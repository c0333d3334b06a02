import type { SessionEvent } from '@coatcheck/protocol';
import { CoatcheckError } from '../errors.ts';
import type { Page } from '../page.ts';
import { readEventStream } from './event-stream.ts';
import type { LivePage } from './live-page.ts';
import { eventIn } from './session-event.ts';

/** The server sends a sign of life every 15 s: this long without one, the connection is dead. */
const silence = 45_000;
const firstPause = 1_000;
const longestPause = 60_000;
/** A connection that held this long was a good one. */
const goodConnection = 10_000;

export interface EventLinkParts {
  page: Page & LivePage;
  /** Sends the request for the stream. */
  open(signal: AbortSignal): Promise<Response>;
  /**
   * Asks whether the session still stands, before each connection: the stream itself would take the cookie of one
   * that is over, and with it the reason. Before the first, what was just read will do.
   */
  stands(isFirst: boolean): Promise<boolean>;
  onEvent(event: SessionEvent): void;
}

/** A connection to the server's events that is made again whenever it is lost. */
export interface EventLink {
  /** Events arrive. */
  isLive(): boolean;
  /** Somebody looks, or the network is back: no more waiting. */
  hurry(): void;
  stop(): void;
}

export function openEventLink({ page, open, stands, onEvent }: EventLinkParts): EventLink {
  let isStopped = false;
  let connection: AbortController | null = null;
  /** When the server was heard last, on a connection that is open. */
  let heard: number | null = null;
  let endPause = () => {};

  async function run(): Promise<void> {
    let failures = 0;
    for (let isFirst = true; !isStopped; isFirst = false) {
      const started = page.now();
      const retryAfter = (await stands(isFirst)) && !isStopped ? await listen() : undefined;
      failures = page.now() - started >= goodConnection ? 0 : failures + 1;
      const pause = Math.min(firstPause * 2 ** Math.max(0, failures - 1), longestPause);
      // At random, or a server that comes back is met by everybody at once.
      if (!isStopped) await wait((retryAfter ?? 0) * 1_000 + pause * (0.5 + page.random()));
    }
  }

  /** Listens until the connection ends; resolves to the seconds that the server wants us to wait. */
  async function listen(): Promise<number | undefined> {
    const abort = new AbortController();
    connection = abort;
    let cancelSilence = () => {};
    const awaitSilence = () => {
      cancelSilence();
      cancelSilence = page.after(silence, () => abort.abort());
    };
    try {
      awaitSilence();
      const response = await open(abort.signal);
      const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
      if (response.status !== 200 || !isStream || response.body === null) return undefined;
      await readEventStream(
        response.body,
        () => {
          heard = page.now();
          awaitSilence();
        },
        (data) => {
          const event = eventIn(data);
          if (event !== null && !abort.signal.aborted) onEvent(event);
        },
      );
      return undefined;
    } catch (error) {
      return error instanceof CoatcheckError ? error.retryAfter : undefined;
    } finally {
      cancelSilence();
      abort.abort();
      heard = null;
    }
  }

  function wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = page.after(milliseconds, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  void run();
  return {
    isLive: () => heard !== null && page.now() - heard < silence,
    hurry() {
      // Timers stand still while a device sleeps, the clock does not.
      if (heard !== null && page.now() - heard >= silence) connection?.abort();
      endPause();
    },
    stop() {
      isStopped = true;
      connection?.abort();
      endPause();
    },
  };
}
