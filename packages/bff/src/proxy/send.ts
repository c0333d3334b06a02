import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { Answer, type AnswerEvents } from './answer.ts';
import { BodyError, type RequestBody } from './body.ts';
import { type BodyRefusal, longestRefusal } from './body-refusal.ts';
import { refusesToken } from './challenges.ts';
import type { Lane } from './dispatchers.ts';
import type { EventBoundary } from './last-event.ts';
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
  /** Set for event streams, which may be ended by somebody else than their upstream. */
  readonly boundary: EventBoundary | null;
  /** Asked at a 401 that refuses the access token: whether to report it instead of relaying it. */
  readonly interceptsInvalidToken: () => boolean;
  /** Told of every final answer to a call with a proof: whether to report that it asks for another one. */
  readonly interceptsNonceChallenge?:
    | ((status: number, rawHeaders: readonly string[]) => boolean)
    | undefined;
  /** The same for an answer that refuses what only a sign-in can mend. */
  readonly interceptsRefusal?: (status: number, rawHeaders: readonly string[]) => boolean;
  /** The same for an answer that refuses the access token in its content. */
  readonly bodyRefusal?: BodyRefusal | undefined;
  /** The same for the status of any other answer, asked before its fields are looked at. */
  readonly interceptsStatus?: ((status: number) => boolean) | undefined;
  readonly timeouts: ExchangeTimeouts;
}

/** Milliseconds. */
export interface ExchangeTimeouts {
  /** For a free connection to the upstream. */
  readonly wait: number;
  /** Whether `wait` is for a new connection too, which otherwise has the upstream's own limit. */
  readonly waitsForNew?: boolean;
  /** From the request's last byte to the last of the answer's fields. 0 means no limit. */
  readonly headers: number;
  /** Between two parts of the answer's content. 0 means no limit: for event streams. */
  readonly body: number;
  /** For a browser that leaves what was written unread. While it does, it keeps the connection from others. */
  readonly stall: number;
}

/** Ends an event stream: at once for what comes from the upstream, and then with these bytes. It never rejects. */
export type Finish = (last: Promise<Uint8Array>) => void;

export type Outcome =
  /** The whole answer went out. */
  | { readonly kind: 'answered'; readonly status: number }
  /** Nothing was written; with a replayable body the exchange can be sent again. */
  | { readonly kind: 'token_refused' }
  /** The same, where the API of the token's own provider refused it. */
  | { readonly kind: 'grant_refused' }
  /** The same, where a proof was refused for its nonce. */
  | { readonly kind: 'nonce_wanted' }
  /** The same, but it is not to be sent again. */
  | { readonly kind: 'refused' }
  /** The same, of an answer whose status was intercepted. */
  | { readonly kind: 'intercepted'; readonly status: number }
  /** Nothing was written: the answer is the caller's to make. */
  | {
      readonly kind: 'failed';
      readonly code: UpstreamFailure | 'payload_too_large' | 'too_many_streams';
      readonly cause: Error;
      /**
       * How far it got: before `exchanging`, the upstream has seen nothing of it, and the content is untouched. It can
       * be sent again, or is the caller's to discard.
       */
      readonly stage: 'queued' | 'connecting' | 'exchanging';
    }
  /** The connection to the browser is cut, or was. */
  | { readonly kind: 'aborted'; readonly by: 'client' | 'upstream'; readonly cause: Error };

/** What is read of an answer that is not relayed, so that its connection can be used again. */
const maxRefusalBytes = 64 * 1024;

/**
 * Sends a request to an upstream and streams the answer straight to the browser, with back-pressure in both
 * directions. Redirects are not followed and content codings not undone. When the browser leaves, the upstream's
 * connection is closed at once.
 *
 * @param done called exactly once, never before this function returns
 * @returns how to end an event stream from here: with a last event where it can have one, else by a cut
 */
export function send(lane: Lane, exchange: Exchange, done: (outcome: Outcome) => void): Finish | undefined {
  const { request, response } = exchange;
  if (response.destroyed || request.socket.destroyed) {
    queueMicrotask(() => done(left()));
    return undefined;
  }
  if (lane.held >= lane.capacity) {
    const cause = new Error('the lane is full');
    queueMicrotask(() => done({ kind: 'failed', code: lane.whenFull, cause, stage: 'queued' }));
    return undefined;
  }

  const transfer = new Transfer(lane, exchange, done);
  transfer.start();
  return exchange.boundary === null ? undefined : (last) => transfer.finish(last);
}

/**
 * A request on its way and its answer on the way back. A class, since one is made for every call: a closure for each of
 * its steps would cost more than the steps.
 */
class Transfer implements Dispatcher.DispatchHandler, AnswerEvents {
  readonly #lane: Lane;
  readonly #exchange: Exchange;
  readonly #done: (outcome: Outcome) => void;
  readonly #answer: Answer;
  #controller: Dispatcher.DispatchController | null = null;
  #content: Readable | null = null;
  #waiting: NodeJS.Timeout | undefined;
  /** undici is done with the request. */
  #over = false;
  /** The answer ends without the upstream, of which nothing more is relayed. */
  #finished = false;
  /** The caller was told. */
  #settled = false;
  #refusalBytes = -1;
  #wantsNonce = false;
  #status = 0;
  /** Of an answer that is read before it is relayed. */
  #kept: { readonly fields: string[]; readonly chunks: Buffer[]; length: number } | null = null;
  #isRefused = false;

  constructor(lane: Lane, exchange: Exchange, done: (outcome: Outcome) => void) {
    this.#lane = lane;
    this.#exchange = exchange;
    this.#done = done;
    this.#answer = new Answer(exchange.request, exchange.response, exchange.timeouts.stall, this);
  }

  start(): void {
    const { path, method, headers, body, timeouts } = this.#exchange;
    this.#lane.held += 1;
    this.#content = body.open();
    const moving = this.#lane.dispatcher.dispatch(
      {
        path,
        method,
        headers,
        body: this.#content,
        headersTimeout: timeouts.headers,
        bodyTimeout: timeouts.body,
      },
      this,
    );
    if (this.#controller !== null || this.#settled || (moving && !timeouts.waitsForNew)) return;
    this.#waiting = setTimeout(() => {
      const cause = new Error('no connection came free in time');
      const stage = moving ? 'connecting' : 'queued';
      this.#settle({ kind: 'failed', code: 'upstream_timeout', cause, stage });
    }, timeouts.wait);
  }

  /** Relays nothing more; ends with one more event where one can stand, or else by a cut. */
  finish(last: Promise<Uint8Array>): void {
    if (this.#settled || this.#finished) return;
    this.#finished = true;
    const cause = new Error('the stream was ended here');
    if (!this.#exchange.boundary?.isBetweenEvents() || !this.#answer.isOpenEnded())
      this.#abort('upstream', cause);
    else
      last.then(
        (bytes) => {
          if (!this.#settled) this.#answer.endWith(bytes);
        },
        () => this.#abort('upstream', cause),
      );
  }

  onRequestStart(started: Dispatcher.DispatchController): void {
    // Thrown here, the request is dropped and the connection stays; an abort would close it.
    if (this.#settled) throw new Error('abandoned');
    clearTimeout(this.#waiting);
    this.#controller = started;
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    statusCode: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (this.#settled || this.#finished) return;
    const { relay, interceptsInvalidToken } = this.#exchange;
    const fields = inTurn(headers);
    this.#exchange.boundary?.begin(fields);
    if (statusCode === 103) this.#answer.hint(relay.hints(fields));
    if (statusCode < 200) return;
    if (this.#exchange.interceptsNonceChallenge?.(statusCode, fields)) {
      this.#wantsNonce = true;
      this.#refusalBytes = 0;
      return;
    }
    if (statusCode === 401 && refusesToken(fields) && interceptsInvalidToken()) {
      this.#refusalBytes = 0;
      return;
    }
    if (this.#exchange.interceptsRefusal?.(statusCode, fields)) {
      this.#isRefused = true;
      this.#refusalBytes = 0;
      return;
    }
    this.#status = statusCode;
    if (this.#exchange.interceptsStatus?.(statusCode)) {
      this.#refusalBytes = 0;
      return;
    }
    if (this.#exchange.bodyRefusal?.mayBe(statusCode)) this.#kept = { fields, chunks: [], length: 0 };
    else this.#relayHead(fields);
  }

  onResponseData(running: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled || this.#finished) return;
    this.#exchange.boundary?.follow(chunk);
    if (this.#refusalBytes >= 0) {
      this.#refusalBytes += chunk.length;
      if (this.#refusalBytes > maxRefusalBytes) running.abort(new Error('enough'));
    } else if (this.#kept !== null) {
      this.#kept.chunks.push(chunk);
      this.#kept.length += chunk.length;
      if (this.#kept.length > longestRefusal) this.#relayKept();
    } else if (!this.#answer.write(chunk)) running.pause();
  }

  onResponseEnd({ rawTrailers }: Dispatcher.DispatchController): void {
    this.#leave();
    if (this.#settled || this.#finished) return;
    if (this.#kept !== null) {
      const { fields, chunks } = this.#kept;
      if (this.#exchange.bodyRefusal?.is(this.#status, fields, Buffer.concat(chunks))) {
        this.#settle({ kind: 'grant_refused' });
        return;
      }
      this.#relayKept();
      if (this.#settled) return;
    }
    if (this.#refusalBytes >= 0) this.#settle(this.#refusal());
    else this.#answer.end(this.#exchange.relay.trailers(latin1(rawTrailers)));
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#leave();
    if (this.#settled || this.#finished) return;
    if (this.#refusalBytes >= 0) this.#settle(this.#refusal());
    else if (error instanceof BodyError && error.reason === 'client_gone') this.#abort('client', error);
    else if (this.#answer.hasBegun()) this.#abort(error instanceof BodyError ? 'client' : 'upstream', error);
    else this.#fail(error instanceof BodyError ? 'payload_too_large' : upstreamFailure(error), error);
  }

  onDrain(): void {
    // Node reports room from within a write to another response of the connection, undici's parser above it.
    queueMicrotask(() => {
      if (!this.#over) this.#controller?.resume();
    });
  }

  onSent(): void {
    this.#settle({ kind: 'answered', status: this.#status });
  }

  onGone(): void {
    this.#settle(left());
  }

  #relayHead(fields: string[]): void {
    this.#exchange.body.forget();
    const head = this.#exchange.relay.headers(this.#status, fields);
    if (head.kind === 'ok') this.#answer.begin(this.#status, head.headers);
    else this.#fail('upstream_invalid', new Error(head.detail));
  }

  /** Of an answer that was read, and says nothing about the token. */
  #relayKept(): void {
    if (this.#kept === null) return;
    const { fields, chunks } = this.#kept;
    this.#kept = null;
    this.#relayHead(fields);
    if (!this.#settled && !this.#answer.write(Buffer.concat(chunks))) this.#controller?.pause();
  }

  #fail(code: UpstreamFailure | 'payload_too_large', cause: Error): void {
    const stage = this.#controller === null ? 'connecting' : 'exchanging';
    this.#settle({ kind: 'failed', code, cause, stage });
  }

  /** Of an answer that was not relayed. */
  #refusal(): Outcome {
    if (this.#wantsNonce) return { kind: 'nonce_wanted' };
    if (this.#isRefused) return { kind: 'refused' };
    const status = this.#status;
    return status === 0 ? { kind: 'token_refused' } : { kind: 'intercepted', status };
  }

  #abort(by: 'client' | 'upstream', cause: Error): void {
    this.#answer.cut();
    this.#settle({ kind: 'aborted', by, cause });
  }

  #leave(): void {
    if (!this.#over) this.#lane.held -= 1;
    this.#over = true;
  }

  #settle(outcome: Outcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#waiting);
    this.#answer.release();
    if (!this.#over) this.#controller?.abort(new Error('abandoned'));
    this.#content?.destroy();
    if (!mayBeSentAgain(outcome)) this.#exchange.body.discard();
    // Not now, if more is to be done: undici's parser may be at work, and would not bear another request from within.
    if (outcome.kind === 'answered') this.#done(outcome);
    else queueMicrotask(() => this.#done(outcome));
  }
}

function mayBeSentAgain(outcome: Outcome): boolean {
  if (outcome.kind === 'failed') return outcome.stage !== 'exchanging';
  return (
    outcome.kind === 'token_refused' ||
    outcome.kind === 'grant_refused' ||
    outcome.kind === 'nonce_wanted' ||
    outcome.kind === 'intercepted'
  );
}

function left(): Outcome {
  return { kind: 'aborted', by: 'client', cause: new Error('the browser left') };
}

/** Names in lower case and values in turn. undici has read them as Latin-1, those of one name as a list. */
function inTurn(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const fields: string[] = [];
  for (const name of Object.keys(headers)) {
    const value = headers[name];
    if (typeof value === 'string') fields.push(name, value);
    else if (value !== undefined) for (const one of value) fields.push(name, one);
  }
  return fields;
}

function latin1(raw: Dispatcher.DispatchController['rawHeaders']): string[] {
  const fields: string[] = [];
  if (Array.isArray(raw))
    for (const part of raw) fields.push(typeof part === 'string' ? part : part.toString('latin1'));
  // Those of HTTP/2 come by name.
  else if (raw) for (const [name, value = ''] of Object.entries(raw)) pushField(fields, name, value);
  return fields;
}

function pushField(fields: string[], name: string, value: string | string[]): void {
  for (const one of [value].flat()) fields.push(name, one);
}
