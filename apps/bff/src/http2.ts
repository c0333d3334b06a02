import { constants, Http2ServerRequest, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import type { Server } from 'node:tls';

/**
 * What one connection of HTTP/2 may ask of us. Most are less than Node's own, which hold against rapid reset
 * (CVE-2023-44487), floods of PING and SETTINGS, and header fields that grow when they are unpacked.
 */
export const http2Limits = {
  settings: {
    // Node's is as many as a client likes.
    maxConcurrentStreams: 100,
    // Bytes. More than we take, so that most of what is too much gets an answer, not a reset.
    maxHeaderListSize: 48 * 1024,
    // For uploads; what a connection may send ahead is bounded by `connectionWindow`.
    initialWindowSize: 256 * 1024,
  },
  maxHeaderListPairs: 128,
  maxSettings: 16,
  maxOutstandingPings: 10,
  // Megabytes.
  maxSessionMemory: 10,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  // Streams that a client may reset at once, and then in each second.
  streamResetBurst: 500,
  streamResetRate: 50,
} as const;

/** Bytes of content that a client may send ahead on one connection. */
const connectionWindow = 1024 * 1024;

/** A server that speaks HTTP/2 beside HTTP/1 has not all that one of HTTP/1 has: this gives it what is missing. */
export function governConnections(server: Server, shouldUpgrade: unknown): void {
  const sockets = new Set<{ destroy(): void }>();
  const sessions = new Set<Http2Session>();
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('session', (session: Http2Session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.once('connect', () => {
      if ('setLocalWindowSize' in session && typeof session.setLocalWindowSize === 'function')
        session.setLocalWindowSize(connectionWindow);
    });
  });
  const closeIdleHttp1 = 'closeIdleConnections' in server ? server.closeIdleConnections : undefined;
  Object.assign(server, {
    shouldUpgradeCallback: shouldUpgrade,
    closeIdleConnections() {
      if (typeof closeIdleHttp1 === 'function') closeIdleHttp1.call(server);
      // What is under way on them ends first.
      for (const session of sessions) session.close();
    },
    closeAllConnections() {
      for (const socket of sockets) socket.destroy();
    },
  });
}

/** Asks the client of a request over HTTP/2 to send the next one over another connection (GOAWAY). */
export function endSession(request: object): void {
  streamOf(request)?.session?.close();
}

/**
 * Bounds how long a client may take for the content of a request over HTTP/2; Node looks after that of HTTP/1 alone.
 *
 * @param patience milliseconds
 * @param onLate to answer, if that can still be done
 */
export function boundContent(request: object, patience: number, onLate: () => void): void {
  const stream = streamOf(request);
  if (!stream || stream.endAfterHeaders) return;
  const timer = setTimeout(() => {
    if (stream.headersSent) {
      stream.close(constants.NGHTTP2_CANCEL);
      return;
    }
    stream.once('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
    onLate();
  }, patience);
  const { session } = stream;
  stream.once('end', () => clearTimeout(timer));
  stream.once('close', () => {
    clearTimeout(timer);
    // Node 24 loses count of the memory of a connection on which large contents broke off, and then refuses all that
    // comes on it: the next request takes another.
    if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || !stream.readableEnded) session?.close();
  });
}

function streamOf(request: object): ServerHttp2Stream | undefined {
  return request instanceof Http2ServerRequest ? request.stream : undefined;
}
