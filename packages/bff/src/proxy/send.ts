import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import { openAnswer } from './answer.ts';
import { BodyError, type RequestBody } from './body.ts';
import { refusesToken } from './challenges.ts';
import type { Lane } from './dispatchers.ts';
import type { ResponseHeaders } from './response-headers.ts';
import { type UpstreamFailure, upstreamFailure } from './upstream-failure.ts';

/** What of an upstream's answer reaches the browser. */
export interface Relay {
  /** For the final answer's fields, names and values in turn. */
  headers(status: number, rawHeaders: readonly string[]): ResponseHeaders;
  trailers(rawTrailers: readonly string[]): [string, string][];
  /** For the fields of a 103: its links. */
  hints(rawHeaders: readonly string[]): string[];
}

export interface Exchange {
  /** The browser's; nothing has been written to the response. */
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** For the upstream: */
  readonly method: string;
  /** path and query */
  readonly path: string;
  /** names and values in turn */
  readonly headers: string[];
  readonly body: RequestBody;
  readonly relay: Relay;
  /** Asked at a 401 that refuses the access token: whether to report it instead of relaying it. */
  readonly interceptsInvalidToken: () => boolean;
  readonly timeouts: ExchangeTimeouts;
}

/** Milliseconds. */
export interface ExchangeTimeouts {
  /** For a free connection to the upstream. */
  readonly wait: number;
  /** From the request's last byte to the last of the answer's fields. 0 means no limit. */
  readonly headers: number;
  /** Between two parts of the answer's content. 0 means no limit: for event streams. */
  readonly body: number;
  /** For a browser that leaves what was written unread. While it does, it keeps the connection from others. */
  readonly stall: number;
}

export type Outcome =
  /** The whole answer went out. */
  | { readonly kind: 'answered'; readonly status: number }
  /** Nothing was written; with a replayable body the exchange can be sent again. */
  | { readonly kind: 'token_refused' }
  /** Nothing was written: the answer is the caller's to make. */
  | {
      readonly kind: 'failed';
      readonly code: UpstreamFailure | 'payload_too_large' | 'too_many_streams';
      readonly cause: Error;
    }
  /** The connection to the browser is cut, or was. */
  | { readonly kind: 'aborted'; readonly by: 'client' | 'upstream'; readonly cause: Error };

/** What is read of a 401 answer that is not relayed, so that its connection can be used again. */
const maxRefusalBytes = 64 * 1024;

/**
 * Sends a request to an upstream and streams the answer straight to the browser, with back-pressure in both
 * directions. Redirects are not followed and content codings not undone. When the browser leaves, the upstream's
 * connection is closed at once.
 *
 * @param done called exactly once, never before this function returns
 */
export function send(lane: Lane, exchange: Exchange, done: (outcome: Outcome) => void): void {
  const { request, response, body, relay, timeouts } = exchange;
  if (response.destroyed || request.socket.destroyed) {
    queueMicrotask(() => done(left()));
    return;
  }
  if (lane.held >= lane.capacity) {
    body.discard();
    const cause = new Error('the lane is full');
    queueMicrotask(() => done({ kind: 'failed', code: lane.whenFull, cause }));
    return;
  }

  let controller: Dispatcher.DispatchController | null = null;
  let waiting: NodeJS.Timeout | undefined;
  /** undici is done with the request. */
  let over = false;
  /** The caller was told. */
  let settled = false;
  let refusalBytes = -1;
  let status = 0;

  const settle = (outcome: Outcome) => {
    if (settled) return;
    settled = true;
    clearTimeout(waiting);
    answer.release();
    if (!over) controller?.abort(new Error('abandoned'));
    content?.destroy();
    if (outcome.kind !== 'token_refused') body.discard();
    // Not now: undici's parser may be at work, and would not bear another request from within.
    queueMicrotask(() => done(outcome));
  };
  const fail = (code: UpstreamFailure | 'payload_too_large', cause: Error) => {
    settle({ kind: 'failed', code, cause });
  };
  const abort = (by: 'client' | 'upstream', cause: Error) => {
    answer.cut();
    settle({ kind: 'aborted', by, cause });
  };
  const leave = () => {
    if (!over) lane.held -= 1;
    over = true;
  };

  const answer = openAnswer(request, response, timeouts.stall, {
    // Node reports room from within a write to another response of the connection, undici's parser above it.
    onDrain: () =>
      queueMicrotask(() => {
        if (!over) controller?.resume();
      }),
    onSent: () => settle({ kind: 'answered', status }),
    onGone: () => settle(left()),
  });

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      // Thrown here, the request is dropped and the connection stays; an abort would close it.
      if (settled) throw new Error('abandoned');
      clearTimeout(waiting);
      controller = started;
    },
    onResponseStart({ rawHeaders }, statusCode) {
      if (settled) return;
      const fields = latin1(rawHeaders);
      if (statusCode === 103) answer.hint(relay.hints(fields));
      if (statusCode < 200) return;
      if (statusCode === 401 && refusesToken(fields) && exchange.interceptsInvalidToken()) {
        refusalBytes = 0;
        return;
      }
      body.forget();
      status = statusCode;
      const head = relay.headers(statusCode, fields);
      if (head.kind === 'ok') answer.begin(statusCode, head.headers);
      else fail('upstream_invalid', new Error(head.detail));
    },
    onResponseData(running, chunk) {
      if (settled) return;
      if (refusalBytes >= 0) {
        refusalBytes += chunk.length;
        if (refusalBytes > maxRefusalBytes) running.abort(new Error('enough'));
      } else if (!answer.write(chunk)) running.pause();
    },
    onResponseEnd({ rawTrailers }) {
      leave();
      if (settled) return;
      if (refusalBytes >= 0) settle({ kind: 'token_refused' });
      else answer.end(relay.trailers(latin1(rawTrailers)));
    },
    onResponseError(_, error) {
      leave();
      if (settled) return;
      if (refusalBytes >= 0) settle({ kind: 'token_refused' });
      else if (error instanceof BodyError && error.reason === 'client_gone') abort('client', error);
      else if (answer.hasBegun()) abort(error instanceof BodyError ? 'client' : 'upstream', error);
      else fail(error instanceof BodyError ? 'payload_too_large' : upstreamFailure(error), error);
    },
  };

  lane.held += 1;
  const content = body.open();
  const { path, method, headers } = exchange;
  const moving = lane.dispatcher.dispatch(
    { path, method, headers, body: content, headersTimeout: timeouts.headers, bodyTimeout: timeouts.body },
    handler,
  );
  if (moving || controller !== null || settled) return;
  waiting = setTimeout(
    () => fail('upstream_timeout', new Error('no connection came free in time')),
    timeouts.wait,
  );
}

function left(): Outcome {
  return { kind: 'aborted', by: 'client', cause: new Error('the browser left') };
}

function latin1(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  if (!Array.isArray(raw)) return [];
  return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')));
}
