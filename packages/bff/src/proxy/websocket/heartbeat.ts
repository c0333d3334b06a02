import { WebSocket } from 'ws';

/**
 * Pings both sides, and cuts one that has shown no sign of life since the last ping (RFC 6455 §5.5.2). While messages
 * are held up none may be seen; how long that may last is the relay's to judge. Pings of the other side are answered
 * at once and not relayed: they ask about this hop.
 *
 * @param interval milliseconds
 * @param isHeldUp whether a side is not read, or does not read
 */
export function keepAlive(
  sockets: readonly WebSocket[],
  interval: number,
  isHeldUp: () => boolean,
): { stop(): void } {
  const silent = new Set<WebSocket>();
  for (const socket of sockets) {
    const alive = () => silent.delete(socket);
    socket.on('pong', alive).on('ping', alive).on('message', alive);
  }
  let timer: NodeJS.Timeout | undefined;
  let lastBeat = performance.now();
  const beat = () => {
    // This process may have stood still, and so nobody has had the time to answer.
    const isLate = performance.now() - lastBeat > 1.5 * interval;
    lastBeat = performance.now();
    for (const socket of sockets) {
      if (socket.readyState !== WebSocket.OPEN || isHeldUp()) {
        silent.delete(socket);
        continue;
      }
      if (silent.has(socket) && !isLate) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
    timer = setTimeout(beat, interval);
  };
  timer = setTimeout(beat, interval);
  return { stop: () => clearTimeout(timer) };
}
