import { WebSocket } from 'ws';

export interface PumpOptions {
  readonly highWaterMark: number;
  /** Milliseconds. */
  readonly stall: number;
  /** Asked for each message, in order. */
  readonly passes: (message: Buffer) => boolean;
  /** The receiver has left what waits for it unread for too long. */
  readonly onStall: () => void;
}

/** One direction of a relay. */
export interface Pump {
  /** Whether the sender is not read because of the receiver. */
  isStalled(): boolean;
  stop(): void;
}

/**
 * Passes messages of one WebSocket on to another. While more than the mark waits for the receiver, the sender is not
 * read, so that its own buffers fill and it waits too (RFC 6455 has no flow control but TCP's).
 */
export function pump(
  from: WebSocket,
  to: WebSocket,
  { highWaterMark, stall, passes, onStall }: PumpOptions,
): Pump {
  let stalled: NodeJS.Timeout | undefined;
  let stopped = false;

  const sent = () => {
    if (stalled === undefined || stopped || to.bufferedAmount > highWaterMark / 2) return;
    clearTimeout(stalled);
    stalled = undefined;
    from.resume();
  };
  from.on('message', (data, isBinary) => {
    const message = Buffer.isBuffer(data)
      ? data
      : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
    if (!passes(message) || to.readyState !== WebSocket.OPEN) return;
    to.send(message, { binary: isBinary }, sent);
    if (stalled !== undefined || to.bufferedAmount <= highWaterMark) return;
    from.pause();
    stalled = setTimeout(onStall, stall);
  });
  return {
    isStalled: () => stalled !== undefined,
    stop() {
      stopped = true;
      clearTimeout(stalled);
    },
  };
}
