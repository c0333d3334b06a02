import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';

/** A connection that asks to become something else. */
export interface Upgrade {
  readonly socket: Socket;
  /** What came on it after the request. */
  readonly head: Buffer;
}

/** Takes over a connection; what it carries from then on is its own affair. */
export type UpgradeHandler = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** The requests of this server that ask for an upgrade. */
export interface Upgrades {
  /** From now on such requests come at all; before, Node takes them for ordinary ones. */
  listen(): void;
  /** Undefined for an ordinary request. */
  of(request: IncomingMessage): Upgrade | undefined;
  /** For upgrades that no route of the BFF is for. */
  readonly other: UpgradeHandler | undefined;
  serveOther(handler: UpgradeHandler): void;
}

/** For an answer to be read, before the connection is cut. Milliseconds. */
const longestGoodbye = 10_000;

/**
 * Leads requests for an upgrade through Fastify's router like any other, so that the same hooks judge them; refusals
 * are ordinary answers, after which the connection ends.
 */
export function createUpgrades(fastify: FastifyInstance): Upgrades {
  const known = new WeakMap<IncomingMessage, Upgrade>();
  let isListening = false;
  let other: UpgradeHandler | undefined;

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // Node has taken its own listener away, and an error without one ends the process.
    socket.on('error', () => socket.destroy());
    if (!(socket instanceof Socket)) {
      socket.destroy();
      return;
    }
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    try {
      // Refused where an answer to an earlier request on the connection is still to be written.
      response.assignSocket(socket);
    } catch {
      socket.destroy();
      return;
    }
    known.set(request, { socket, head });
    response.once('finish', () => {
      response.detachSocket(socket);
      socket.setTimeout(longestGoodbye, () => socket.destroy());
      socket.destroySoon();
    });
    fastify.routing(request, response);
  };

  const upgrades = {
    listen() {
      if (isListening) return;
      isListening = true;
      fastify.server.on('upgrade', onUpgrade);
    },
    of: (request: IncomingMessage) => known.get(request),
    get other() {
      return other;
    },
    serveOther(handler: UpgradeHandler) {
      other = handler;
      upgrades.listen();
    },
  };
  return upgrades;
}
