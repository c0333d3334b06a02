import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { parseResponse, type RawResponse } from './response-parser.ts';

/** Where to connect. */
export interface RawTarget {
  /** Default 127.0.0.1. */
  host?: string;
  port: number;
  /** With this it speaks TLS; certificates are not checked unless asked. */
  tls?: ConnectionOptions | true;
  /** How long one answer may take in milliseconds; default 5000. */
  timeoutMs?: number;
}

/** A socket on which any bytes can be sent. */
export interface RawConnection {
  /** Sends bytes; text goes out as Latin-1, so that every byte can be written. */
  write(bytes: string | Uint8Array): Promise<void>;
  /** The next response. Rejects when the connection ends without one, or nothing comes in time. */
  read(options?: { isHead?: boolean }): Promise<RawResponse>;
  /** Bytes that came and belong to no response read yet. */
  readonly unread: Buffer;
  readonly isClosed: boolean;
  /** Whether the server closes within a time in milliseconds. */
  closesWithin(ms: number): Promise<boolean>;
  /** Ends our side and keeps reading. */
  end(): void;
  /** Closes at once. `reset` sends RST instead of FIN. */
  destroy(options?: { reset?: boolean }): void;
  socket: Socket;
}

/** Opens a connection and sends nothing yet. */
export async function openConnection(target: RawTarget): Promise<RawConnection> {
  const { host = '127.0.0.1', port, timeoutMs = 5000 } = target;
  const socket = target.tls
    ? connectTls({ rejectUnauthorized: false, ...(target.tls === true ? {} : target.tls), host, port })
    : connect({ host, port, allowHalfOpen: true });
  let unread = Buffer.alloc(0);
  let hasEnded = false;
  const changed = new EventTarget();
  const note = () => changed.dispatchEvent(new Event('change'));
  socket.on('data', (chunk) => {
    unread = Buffer.concat([unread, chunk]);
    note();
  });
  for (const event of ['end', 'close', 'error']) {
    socket.on(event, () => {
      hasEnded = true;
      note();
    });
  }
  await once(socket, target.tls ? 'secureConnect' : 'connect');

  const untilChange = (signal: AbortSignal) => once(changed, 'change', { signal });
  return {
    socket,
    async write(bytes) {
      const data = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
      if (!socket.write(data)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    },
    async read({ isHead = false } = {}) {
      const signal = AbortSignal.timeout(timeoutMs);
      for (;;) {
        const parsed = parseResponse(unread, isHead, hasEnded);
        if (parsed) {
          unread = unread.subarray(parsed.length);
          return parsed.response;
        }
        if (hasEnded) throw new Error(`The connection ended without a response; unread: ${snippet(unread)}`);
        await untilChange(signal).catch(() => {
          throw new Error(`No complete response within ${timeoutMs} ms; unread: ${snippet(unread)}`);
        });
      }
    },
    get unread() {
      return unread;
    },
    get isClosed() {
      return hasEnded;
    },
    async closesWithin(ms) {
      const signal = AbortSignal.timeout(ms);
      while (!hasEnded && !signal.aborted) await untilChange(signal).catch(() => {});
      return hasEnded;
    },
    end: () => {
      socket.end();
    },
    destroy({ reset = false } = {}) {
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    },
  };
}

function snippet(bytes: Buffer): string {
  return JSON.stringify(bytes.toString('latin1', 0, 200));
}
