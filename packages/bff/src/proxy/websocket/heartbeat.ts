import { WebSocket } from 'ws';

/**
 * Pings both sides, and cuts one that has shown no sign of life since the last ping (RFC 6455 §5.5.2). One that is
 * not being read now cannot show any; how long that may last is the relay's to judge. Pings of the other side are
 * answered at once and not relayed: they ask about this hop.
 *
 * @param interval milliseconds
 */
export function keepAlive(sockets: readonly WebSocket[], interval: number): { stop(): void } {
  const silent = new Set<WebSocket>();
  for (const socket of sockets) {
    const alive = () => silent.delete(socket);
    socket.on('pong', alive).on('ping', alive).on('message', alive);
  }
  const timer = setInterval(() => {
    for (const socket of sockets) {
      if (socket.readyState !== WebSocket.OPEN || socket.isPaused) {
        silent.delete(socket);
        continue;
      }
      if (silent.has(socket)) socket.terminate();
      else {
        silent.add(socket);
        socket.ping();
      }
    }
  }, interval);
  return { stop: () => clearInterval(timer) };
}
