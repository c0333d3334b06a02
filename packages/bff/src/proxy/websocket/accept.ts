import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from './upgrades.ts';

/** Answers a browser's handshake (RFC 6455 §4.2.2). */
export interface Acceptor {
  /**
   * @param protocol the subprotocol that the upstream chose; empty for none
   * @returns undefined where the browser left meanwhile
   */
  accept(request: IncomingMessage, upgrade: Upgrade, protocol: string): WebSocket | undefined;
}

/** @param messageLimit bytes of one message; a longer one ends the connection with 1009 */
export function createAcceptor(messageLimit: number): Acceptor {
  const chosen = new WeakMap<IncomingMessage, string>();
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: messageLimit,
    handleProtocols: (_offered, request) => chosen.get(request) || false,
  });
  return {
    accept(request, { socket, head }, protocol) {
      let accepted: WebSocket | undefined;
      chosen.set(request, protocol);
      server.handleUpgrade(request, socket, head, (webSocket) => {
        accepted = webSocket;
      });
      return accepted;
    },
  };
}
