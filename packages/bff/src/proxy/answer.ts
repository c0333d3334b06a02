import type { IncomingMessage, ServerResponse } from 'node:http';
import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { streamOf } from '../web/http2.ts';

/** What happens to an answer on the browser's side. */
export interface AnswerEvents {
  /** After a {@link Answer.write} that said no: there is room again. */
  onDrain(): void;
  /** The whole answer has been handed to the operating system. */
  onSent(): void;
  /** The browser left, or stopped reading for too long. Nothing more will reach it. */
  onGone(): void;
}

const mostHeld = 8 * 1024;
/** Up to here head and content are cheaper as one string than as two parts of a write. Bytes. */
const mostJoined = 2 * 1024;

/** Whom a released answer tells: so it keeps nothing of its call, nor does the connection. */
const nobody: AnswerEvents = { onDrain() {}, onSent() {}, onGone() {} };

/**
 * An answer to a browser while it is relayed. A class, and with as few listeners as can be: it is made for every call.
 */
export class Answer {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  /** Of HTTP/2. */
  readonly #stream: ServerHttp2Stream | undefined;
  readonly #stallTimeout: number;
  #events: AnswerEvents;
  readonly #onClose: () => void;
  /** Whose end is the browser's leaving. */
  readonly #watched: ServerResponse | Socket;
  #released = false;
  /** What came with the head, and goes out with it. */
  #first: Buffer | undefined;
  #headFlushed = false;
  #full = false;
  #stalled: NodeJS.Timeout | undefined;

  /**
   * @param response nothing has been written to it
   * @param stallTimeout milliseconds that a browser may leave written bytes unread
   */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    stallTimeout: number,
    events: AnswerEvents,
  ) {
    this.#request = request;
    this.#response = response;
    this.#stream = request.httpVersionMajor === 2 ? streamOf(response) : undefined;
    this.#stallTimeout = stallTimeout;
    this.#events = events;
    this.#onClose = () => this.#events.onGone();
    // A pipelined response has no socket until its predecessors are done; older versions of Node never tell it that the
    // connection closed.
    this.#watched = response.socket === null ? request.socket.setMaxListeners(0) : response;
    this.#watched.on('close', this.#onClose);
  }

  hint(links: readonly string[]): void {
    if (this.#request.httpVersion === '1.0' || this.#response.headersSent) return;
    for (const link of links) {
      try {
        this.#response.writeEarlyHints({ link });
      } catch {
        // Node takes only links it understands; a hint may be left out.
      }
    }
  }

  /** @throws if Node refuses the status or a field */
  begin(status: number, headers: string[]): void {
    this.#response.writeHead(status, headers);
    process.nextTick(flushHead, this);
  }

  hasBegun(): boolean {
    return this.#response.headersSent;
  }

  /** Whether nothing told how long its content is: then it can end at any time. */
  isOpenEnded(): boolean {
    const response = this.#response;
    const isOpen = this.#stream ? !response.hasHeader('content-length') : response.chunkedEncoding;
    return response.headersSent && isOpen && !response.writableEnded;
  }

  /** The head goes with the content's first bytes, or with all of it, if they came along; but not later than that. */
  flushHead(): void {
    if (this.#headFlushed) return;
    this.#headFlushed = true;
    const [response, first] = [this.#response, this.#first];
    this.#first = undefined;
    if (response.destroyed || response.writableEnded) return;
    if (first) response.write(first);
    else response.flushHeaders();
  }

  /** False asks for a pause until `onDrain`. */
  write(chunk: Uint8Array): boolean {
    if (this.#holds(chunk)) return true;
    this.flushHead();
    if (this.#response.write(chunk)) return true;
    if (!this.#full) {
      this.#full = true;
      this.#awaitReader();
      this.#response.once('drain', () => this.#drained());
    }
    return false;
  }

  end(trailers: [string, string][]): void {
    const response = this.#response;
    if (trailers.length > 0) response.addTrailers(this.#stream ? byName(trailers) : trailers);
    this.#headFlushed = true;
    const first = this.#first;
    if (first && first.length <= mostJoined && !this.#stream)
      response.end(first.toString('latin1'), 'latin1');
    else if (first) response.end(first);
    else response.end();
    if (response.socket !== null && response.writableLength === 0) {
      this.#events.onSent();
      return;
    }
    response.once('finish', () => this.#sent());
    if (response.writableLength > 0) this.#awaitReader();
  }

  endWith(last: Uint8Array): void {
    if (last.length > 0) this.write(last);
    this.end([]);
  }

  /**
   * Ends the connection, or of HTTP/2 the stream, so that nobody takes what was sent for the whole answer (RFC 9112 §8,
   * RFC 9113 §8.1.1).
   */
  cut(): void {
    if (this.#stream) {
      this.#stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      return;
    }
    const { socket } = this.#response;
    // A client of HTTP/1.0 takes an orderly close for the end of the content. TLS sockets cannot be reset.
    if (this.#request.httpVersion !== '1.1' && socket !== null && !('encrypted' in socket))
      socket.resetAndDestroy();
    else this.#response.destroy();
  }

  /** From here on nothing is reported any more. */
  release(): void {
    this.#released = true;
    clearTimeout(this.#stalled);
    // Not from the response, which ends with its call: V8 would keep all of that until a full collection.
    if (this.#watched !== this.#response) this.#watched.off('close', this.#onClose);
    this.#events = nobody;
  }

  /** Only what leaves room for more, so that nobody has to be told to pause later. */
  #holds(chunk: Uint8Array): boolean {
    if (this.#headFlushed || this.#first !== undefined) return false;
    if (!Buffer.isBuffer(chunk) || chunk.length > mostHeld || this.#response.writableLength > 0) return false;
    this.#first = chunk;
    return true;
  }

  #sent(): void {
    // Of HTTP/2 Node also says so where the browser left.
    if (!this.#released && this.#response.writableFinished) this.#events.onSent();
  }

  #drained(): void {
    this.#full = false;
    clearTimeout(this.#stalled);
    if (!this.#released) this.#events.onDrain();
  }

  #awaitReader(): void {
    clearTimeout(this.#stalled);
    this.#stalled = setTimeout(() => {
      this.cut();
      this.#events.onGone();
    }, this.#stallTimeout);
  }
}

function byName(trailers: readonly [string, string][]): Record<string, string[]> {
  const named: Record<string, string[]> = {};
  for (const [name, value] of trailers) {
    const lower = name.toLowerCase();
    named[lower] = [...(named[lower] ?? []), value];
  }
  return named;
}

function flushHead(answer: Answer): void {
  answer.flushHead();
}
