import type { IncomingMessage } from 'node:http';
import { constants } from 'node:http2';
import { Readable } from 'node:stream';
import { streamOf } from '../web/http2.ts';

export interface BodyLimits {
  /** Bytes that a request may carry. */
  readonly limit: number;
  /** Bytes that are kept for replays. 64 KiB unless given. */
  readonly keep?: number;
  /** Called before the first byte is asked for: the moment to answer `Expect: 100-continue`. */
  readonly beforeRead?: () => void;
}

/** The content of a browser's request, on its way to an upstream. */
export interface RequestBody {
  /**
   * The content from its first byte, or null if there is none. A later call is a replay: it gives what the streams
   * before took once more, then the rest. Only while {@link isReplayable}, and once the last stream is destroyed.
   */
  open(): Readable | null;
  /** Whether {@link open} can start from the first byte. */
  isReplayable(): boolean;
  /** No replay will be needed: drops the copy. */
  forget(): void;
  /** Nobody wants the rest: see {@link discardContent}. */
  discard(): void;
}

/** Why the content ended before its end. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly reason: 'payload_too_large' | 'client_gone';

  constructor(reason: BodyError['reason']) {
    super(
      reason === 'client_gone' ? 'the client left before its request ended' : 'the request is over the limit',
    );
    this.reason = reason;
  }
}

const defaultKeep = 64 * 1024;
const highWaterMark = 64 * 1024;
const lingerMilliseconds = 5_000;

/**
 * Prepares a request's content for an upstream. Nothing is read before {@link RequestBody.open}. The request's
 * framing must have been checked: only one of `Content-Length` and `Transfer-Encoding`, and readable.
 */
export function requestBody(
  request: IncomingMessage,
  limits: BodyLimits,
): { kind: 'ok'; body: RequestBody } | { kind: 'payload_too_large' } {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (coding === undefined && Number(length ?? 0) === 0 && !isOpen(request))
    return { kind: 'ok', body: noBody };
  // Where none is allowed, none is begun either.
  if (limits.limit === 0 || Number(length ?? 0) > limits.limit) return { kind: 'payload_too_large' };
  return { kind: 'ok', body: streamedBody(request, limits) };
}

/** Over HTTP/2 content may follow whose length nothing tells (RFC 9113 §8.1). */
function isOpen(request: IncomingMessage): boolean {
  return request.httpVersionMajor === 2 && streamOf(request)?.endAfterHeaders === false;
}

const noBody: RequestBody = {
  open: () => null,
  isReplayable: () => true,
  forget() {},
  discard() {},
};

/**
 * Reads on and drops what a client still sends, for a few seconds, so that it gets to read the answer (RFC 9112
 * §9.6); then closes the connection. For a request whose content nobody will read. A client of HTTP/2 is asked to stop,
 * once it has the answer, and to take another connection for what comes next (RFC 9113 §6.8, §8.1).
 */
export function discardContent(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return;
  const stream = streamOf(request);
  if (stream) {
    const stop = () => {
      const { session } = stream;
      stream.close(constants.NGHTTP2_NO_ERROR);
      // Node 24 loses count of the memory of a connection on which large contents were refused, and then refuses all.
      session?.close();
    };
    if (stream.writableFinished) stop();
    else stream.once('finish', stop);
    request.resume();
    return;
  }
  const timer = setTimeout(() => request.destroy(), lingerMilliseconds).unref();
  request.once('close', () => clearTimeout(timer)).resume();
}

function streamedBody(
  request: IncomingMessage,
  { limit, keep = defaultKeep, beforeRead }: BodyLimits,
): RequestBody {
  let copy: Buffer[] | null = [];
  let received = 0;
  let ended = false;
  let listening = false;
  let reader: Readable | null = null;

  const onData = (chunk: Buffer) => {
    received += chunk.length;
    if (received > limit) {
      request.pause();
      reader?.destroy(new BodyError('payload_too_large'));
      return;
    }
    if (received > keep) copy = null;
    copy?.push(chunk);
    if (reader?.push(chunk) !== true) request.pause();
  };
  const onEnd = () => {
    ended = true;
    reader?.push(null);
  };
  const onClose = () => {
    if (!ended) reader?.destroy(new BodyError('client_gone'));
  };
  const read = () => {
    if (!listening) {
      listening = true;
      beforeRead?.();
      request.on('data', onData).on('end', onEnd).on('close', onClose);
      if (request.destroyed) onClose();
    }
    request.resume();
  };

  return {
    open() {
      if (copy === null) throw new Error('the request content was not kept and cannot be sent again');
      const stream = new Readable({
        highWaterMark,
        read,
        destroy(error, callback) {
          if (reader === stream) request.pause();
          callback(error);
        },
      });
      // Whoever destroyed it knows why; without a listener the process would end.
      stream.on('error', () => {});
      reader = stream;
      for (const chunk of copy) stream.push(chunk);
      if (ended) stream.push(null);
      return stream;
    },
    isReplayable: () => copy !== null,
    forget() {
      copy = null;
    },
    discard() {
      copy = null;
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      discardContent(request);
    },
  };
}
