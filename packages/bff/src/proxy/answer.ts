import type { IncomingMessage, ServerResponse } from 'node:http';

/** What happens to an answer on the browser's side. */
export interface AnswerEvents {
  /** After a {@link Answer.write} that said no: there is room again. */
  onDrain(): void;
  /** The whole answer has been handed to the operating system. */
  onSent(): void;
  /** The browser left, or stopped reading for too long. Nothing more will reach it. */
  onGone(): void;
}

/** An answer to a browser while it is relayed. After {@link release} nothing is reported any more. */
export interface Answer {
  hint(links: readonly string[]): void;
  /** @throws if Node refuses the status or a field */
  begin(status: number, headers: string[]): void;
  hasBegun(): boolean;
  /** False asks for a pause until `onDrain`. */
  write(chunk: Uint8Array): boolean;
  end(trailers: [string, string][]): void;
  /** Ends the connection, so that nobody takes what was sent for the whole answer (RFC 9112 §8). */
  cut(): void;
  release(): void;
}

/**
 * Wraps a response that nothing has been written to.
 *
 * @param stallTimeout milliseconds that a browser may leave written bytes unread
 */
export function openAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  stallTimeout: number,
  events: AnswerEvents,
): Answer {
  let bodyWritten = false;
  let drained = true;
  let stalled: NodeJS.Timeout | undefined;

  const onDrain = () => {
    drained = true;
    clearTimeout(stalled);
    events.onDrain();
  };
  const awaitDrain = () => {
    clearTimeout(stalled);
    stalled = setTimeout(onStalled, stallTimeout);
  };
  const onStalled = () => {
    answer.cut();
    events.onGone();
  };
  const flushHead = () => {
    if (!bodyWritten && !response.destroyed && !response.writableEnded) response.flushHeaders();
  };

  // A pipelined response has no socket until its predecessors are done; older versions of Node never tell it that the
  // connection closed.
  const watched = response.socket === null ? request.socket : response;
  if (watched === request.socket) watched.setMaxListeners(0);
  watched.on('close', events.onGone);
  response.on('drain', onDrain);

  const answer: Answer = {
    hint(links) {
      if (request.httpVersion !== '1.1' || response.headersSent) return;
      for (const link of links) {
        try {
          response.writeEarlyHints({ link });
        } catch {
          // Node takes only links it understands; a hint may be left out.
        }
      }
    },
    begin(status, headers) {
      response.writeHead(status, headers);
      // With the body's first bytes if they came along, but not later than that.
      process.nextTick(flushHead);
    },
    hasBegun: () => response.headersSent,
    write(chunk) {
      bodyWritten = true;
      if (response.write(chunk)) return true;
      if (drained) awaitDrain();
      drained = false;
      return false;
    },
    end(trailers) {
      if (trailers.length > 0) response.addTrailers(trailers);
      response.end(events.onSent);
      if (response.writableLength > 0) awaitDrain();
    },
    cut() {
      const { socket } = response;
      // A client of HTTP/1.0 takes an orderly close for the end of the content. TLS sockets cannot be reset.
      if (request.httpVersion !== '1.1' && socket !== null && !('encrypted' in socket))
        socket.resetAndDestroy();
      else response.destroy();
    },
    release() {
      clearTimeout(stalled);
      watched.off('close', events.onGone);
      response.off('drain', onDrain);
    },
  };
  return answer;
}
