import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { type UpstreamFailure, upstreamFailure } from '../upstream-failure.ts';

export interface DialOptions {
  /** Of the upstream, as `URL.origin` gives it. */
  readonly origin: string;
  /** Path and query, byte for byte. */
  readonly path: string;
  /** Names and values in turn, as for any other call. */
  readonly headers: readonly string[];
  /** Subprotocols to offer. */
  readonly protocols: readonly string[];
  /** Bytes of one message. */
  readonly messageLimit: number;
  /** Milliseconds for the whole handshake. */
  readonly timeout: number;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca: string | null;
  /** What we show of ourselves, PEM. */
  readonly clientCertificate: { readonly cert: string; readonly key: string } | null;
}

export type Dialled =
  /** Accepted. Messages may come from the next turn on. */
  | { readonly kind: 'open'; readonly socket: WebSocket; readonly rawHeaders: readonly string[] }
  /** An HTTP answer instead. Its content is the caller's to read or to destroy. */
  | { readonly kind: 'answered'; readonly response: IncomingMessage }
  | {
      readonly kind: 'failed';
      readonly code: UpstreamFailure;
      readonly cause: Error;
      /** Whether no connection came about, so that nothing was sent. */
      readonly isUnconnected: boolean;
    };

/** Of the handshake itself: each hop says its own (RFC 6455 §1.3). */
const ofThisHop = /^(?:sec.websocket.*|content.length)$/;

/**
 * Opens a WebSocket to an upstream. No extension is asked for, no redirect followed, TLS always verified.
 *
 * @param done called exactly once, never before this function returns; not after `abort`
 * @returns how to give up
 */
export function dial(options: DialOptions, done: (dialled: Dialled) => void): { abort(): void } {
  const { origin, path, timeout, ca } = options;
  const socket = new WebSocket(origin.replace(/^http/, 'ws'), [...options.protocols], {
    perMessageDeflate: false,
    followRedirects: false,
    maxPayload: options.messageLimit,
    // Asked for aloud, since the environment could switch it off (NODE_TLS_REJECT_UNAUTHORIZED).
    rejectUnauthorized: true,
    ...(ca === null ? {} : { ca }),
    ...options.clientCertificate,
    finishRequest(request) {
      // A URL would write the path anew, in its own spelling.
      request.path = path;
      for (const [name, values] of fieldsOf(options.headers)) request.setHeader(name, values);
      request.end();
    },
  });
  let settled = false;
  const settle = (dialled: Dialled) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    done(dialled);
  };
  const timer = setTimeout(() => {
    const cause = new Error('no answer to the handshake');
    settle({ kind: 'failed', code: 'upstream_timeout', cause, isUnconnected: false });
    socket.terminate();
  }, timeout);

  let rawHeaders: readonly string[] = [];
  socket.once('upgrade', (response) => {
    rawHeaders = response.rawHeaders;
  });
  socket.once('open', () => settle({ kind: 'open', socket, rawHeaders }));
  socket.once('unexpected-response', (_request, response) => {
    // Whatever happens to the rest of it is not worth the process.
    response.on('error', () => {});
    if (settled) response.destroy();
    else settle({ kind: 'answered', response });
  });
  // Also what comes after the handshake: a close follows it, which the relay hears.
  socket.on('error', (cause) =>
    settle({ kind: 'failed', code: failureOf(cause), cause, isUnconnected: isOfConnecting(cause) }),
  );

  return {
    abort() {
      settled = true;
      clearTimeout(timer);
      socket.terminate();
    },
  };
}

/** `ws` has no codes of its own for a handshake that breaks the rules; everything from below it has one. */
function failureOf(error: Error & { code?: unknown }): UpstreamFailure {
  const { code } = error;
  if (typeof code !== 'string' || code.startsWith('HPE_')) return 'upstream_invalid';
  return upstreamFailure(error);
}

function isOfConnecting(error: NodeJS.ErrnoException): boolean {
  return error.syscall === 'connect' || error.syscall === 'getaddrinfo';
}

/** The fields that cross, each name with all of its values. */
function fieldsOf(pairs: readonly string[]): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (let i = 0; i < pairs.length; i += 2) {
    const name = (pairs[i] ?? '').toLowerCase();
    if (ofThisHop.test(name)) continue;
    fields.set(name, [...(fields.get(name) ?? []), pairs[i + 1] ?? '']);
  }
  return fields;
}
