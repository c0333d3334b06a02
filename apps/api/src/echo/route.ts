import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { echoOf, helloOf } from './messages.ts';

/** Close code for what the caller may not, or may no longer, do (RFC 6455 §7.4.1). */
const policyViolation = 1008;

/** A timer waits no longer than this. Milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * `GET /api/ws`: a WebSocket that says who the API thinks you are and sends every message back with your name. It ends
 * with its access token.
 */
export const echoRoute: FastifyPluginAsyncTypebox<{ clock: () => number }> = async (app, { clock }) => {
  // The token was validated before the upgrade, by the same hook as that of every route.
  app.get('/api/ws', { websocket: true }, (socket, { principal }) => {
    const left = Math.max(0, principal.claims.exp * 1000 - clock());
    const expiry = setTimeout(
      () => socket.close(policyViolation, 'the access token has expired'),
      Math.min(left, longestTimer),
    );
    socket.on('close', () => clearTimeout(expiry));
    socket.on('message', (data, isBinary) =>
      socket.send(isBinary ? data : echoOf(principal, String(data)), { binary: isBinary }),
    );
    socket.send(helloOf(principal));
  });
};
