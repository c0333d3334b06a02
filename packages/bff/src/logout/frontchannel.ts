import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Settings } from '../options/settings.ts';
import { sessionIssuer } from '../provider/issuers.ts';
import type { SessionManager } from '../session/manager.ts';
import { pageContentSecurityPolicy, renderPage } from '../web/page.ts';
import { readQuery } from '../web/query.ts';

/**
 * `GET /bff/frontchannel-logout` (OpenID Connect Front-Channel Logout §2, §3): ends a session by (iss, sid), since no
 * cookie reaches a foreign frame, and does nothing more. The only page that a configured provider may frame.
 */
export async function frontchannelLogout(
  settings: Settings,
  sessions: SessionManager,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = readQuery(request.raw.url ?? '', ['iss', 'sid']);
  const { iss, sid } = query ?? {};
  const issuer = settings.providers.map((one) => sessionIssuer(one, iss)).find((one) => one !== undefined);
  if (issuer !== undefined && sid !== undefined) {
    // Whoever knows a sid may come here, so nothing is revoked at the provider.
    await sessions.endProviderSession(issuer, sid, 'provider-logout', { requestId: request.id });
    await sessions.connections.endAt(issuer, { sid });
  }
  const framers = [...new Set(settings.providers.map((one) => one.issuer.origin))].join(' ');
  return reply
    .type('text/html; charset=utf-8')
    .headers({
      'cache-control': 'no-store',
      'content-security-policy': pageContentSecurityPolicy.replace(
        "frame-ancestors 'none'",
        `frame-ancestors ${framers}`,
      ),
      'cross-origin-resource-policy': 'cross-origin',
    })
    .send(
      renderPage({
        title: 'Signed out',
        text: 'This sign-out was asked for by the provider.',
        links: [],
        footnotes: [],
      }),
    );
}
