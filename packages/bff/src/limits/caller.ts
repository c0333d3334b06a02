import { createHmac, createSecretKey } from 'node:crypto';
import { normalizeIP } from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { clientAddress } from '../proxy/client-address.ts';
import { navigationRefusalOf } from '../ticket/guard.ts';
import { deriveKeys } from '../ticket/keys.ts';
import type { Tickets } from '../ticket/ticket.ts';

/** Who a call is counted for. */
export interface Callers {
  /** By client address: IPv4 whatever its spelling, IPv6 by its /64, which is what one customer has. */
  byAddress(request: FastifyRequest): string;
  /** By session; by client address where the browser brings no ticket of ours. */
  bySession(request: FastifyRequest): string;
}

export interface CallerParts {
  /** The first names; nobody who has a store alone can tell whose counts are in it. */
  readonly keys: readonly Buffer[];
  readonly trustedProxies: readonly string[];
  readonly tickets: Tickets;
}

export function createCallers({ keys, trustedProxies, tickets }: CallerParts): Callers {
  const [key] = deriveKeys(keys, 'limit').map((one) => createSecretKey(one));
  if (!key) throw new RangeError('no root key');
  const addressOf = clientAddress(trustedProxies);
  const nameOf = (...parts: readonly string[]) =>
    createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');

  function byAddress(request: FastifyRequest): string {
    const address = normalizeIP(addressOf(request.raw).replace(/%.*/, ''));
    return nameOf(isEmbedded(request) ? 'embedded' : 'address', address);
  }
  return {
    byAddress,
    bySession(request) {
      const found = tickets.read(request.headers);
      return found.kind === 'ticket' ? nameOf('session', found.ticket.idHash) : byAddress(request);
    },
  };
}

/**
 * What a foreign page makes its visitor's browser load counts apart: else any page could use up the sign-ins of
 * whoever looks at it.
 */
function isEmbedded({ headers }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] !== 'same-origin' && navigationRefusalOf(headers) !== null;
}
