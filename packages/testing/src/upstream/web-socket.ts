import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** Handshake answers refuse nothing and choose the first subprotocol offered. */
const acceptor = () =>
  new WebSocketServer({
    noServer: true,
    clientTracking: false,
    handleProtocols: (offered) => [...offered][0] ?? false,
  });

/** Accepts an upgrade (RFC 6455 §4.2.2); the socket is the `ws` package's. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<WebSocket> {
  return new Promise((resolve) => {
    acceptor().handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => {});
      resolve(webSocket);
    });
  });
}

/** Sends every message back as it came. */
export function echoMessages(webSocket: WebSocket): void {
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
}
