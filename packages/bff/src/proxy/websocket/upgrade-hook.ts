import type { onRequestHookHandler } from 'fastify';
import type { Audit } from '../../observe/audit.ts';
import { sendProblem } from '../../problems/answer.ts';
import type { Problem } from '../../problems/registry.ts';
import { upgradeRefusalOf } from '../../ticket/guard.ts';
import { readHandshake, webSocketVersion } from './handshake.ts';
import type { Upgrades } from './upgrades.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a configured route takes WebSockets. Left out on every other route. */
    webSocket?: boolean;
  }
}

/**
 * Judges requests for an upgrade before anything else does but the check of their framing: `Origin` alone says who may
 * (CSRF by WebSocket, RFC 6455 §10.2), only whole handshakes count, and only routes that take WebSockets go on.
 *
 * @param origin our own
 */
export function upgradeHook(upgrades: Upgrades, origin: string, audit: Audit): onRequestHookHandler {
  return (request, reply, done) => {
    const upgrade = upgrades.of(request.raw);
    if (upgrade === undefined) return done();

    const refuse = (problem: Problem) => {
      audit(
        { event: 'request.refused', code: problem.code, detail: problem.privateDetail ?? 'an upgrade' },
        request.id,
      );
      sendProblem(request, reply, problem);
    };
    const refusal = upgradeRefusalOf(request.headers, origin);
    if (refusal !== null) return refuse({ code: 'cross_site_request', privateDetail: refusal });

    const handshake = readHandshake(request.raw);
    if (handshake.kind === 'malformed')
      return refuse({ code: 'malformed_request', privateDetail: handshake.detail });
    if (handshake.kind === 'unknown_version') {
      reply.header('sec-websocket-version', webSocketVersion);
      return refuse({ code: 'malformed_request', privateDetail: 'another version of the protocol' });
    }

    const { webSocket } = request.routeOptions.config;
    if (webSocket === true) return done();
    if (webSocket === false) return refuse({ code: 'websocket_refused' });
    if (!request.is404 || upgrades.other === undefined) return refuse({ code: 'not_found' });
    reply.hijack();
    reply.raw.detachSocket(upgrade.socket);
    upgrades.other(request.raw, upgrade.socket, upgrade.head);
  };
}
