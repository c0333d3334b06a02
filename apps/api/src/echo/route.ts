import { type Principal, principalKey } from '@coatcheck/resource-server';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { echoOf, helloOf, nextTokenIn } from './messages.ts';

/** Close code for what the caller may not, or may no longer, do (RFC 6455 §7.4.1). */
const policyViolation = 1008;

/** A timer waits no longer than this. Milliseconds. */
const longestTimer = 2 ** 31 - 1;

/**
 * `GET /api/ws`: a WebSocket that says who the API thinks you are and sends every message back with your name. It ends
 * with its access token, unless `{"type":"authorize","token":…}` brings the next one of the same person.
 */
export const echoRoute: FastifyPluginAsyncTypebox<{ clock: () => number }> = async (app, { clock }) => {
  // The token was validated before the upgrade, by the same hook as that of every route.
  app.get('/api/ws', { websocket: true }, (socket, { principal }) => {
    let expiry: NodeJS.Timeout | undefined;
    const endWith = (token: Principal) => {
      const left = Math.max(0, token.claims.exp * 1000 - clock());
      clearTimeout(expiry);
      expiry = setTimeout(
        () => socket.close(policyViolation, 'the access token has expired'),
        Math.min(left, longestTimer),
      );
    };
    const authorize = async (token: string) => {
      const next = await app.principalOf(token, {}, principal);
      if (next && principalKey(next) === principalKey(principal)) endWith(next);
      else socket.close(policyViolation, 'that access token will not do');
    };
    socket.on('close', () => clearTimeout(expiry));
    socket.on('message', (data, isBinary) => {
      const text = String(data);
      const token = isBinary ? undefined : nextTokenIn(text);
      // Never sent back: what the BFF says must not reach the page.
      if (token !== undefined) void authorize(token);
      else socket.send(isBinary ? data : echoOf(principal, text), { binary: isBinary });
    });
    endWith(principal);
    socket.send(helloOf(principal));
  });
};
