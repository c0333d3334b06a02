import type { CookieNames } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clearCookie, cookiesNamed } from '../ticket/cookies.ts';
import type { Sealing } from '../ticket/sealing.ts';
import { pageContentSecurityPolicy, renderPage } from '../web/page.ts';
import { readQuery } from '../web/query.ts';

/**
 * `GET /bff/logout/callback`, the registered `post_logout_redirect_uri` (OpenID RP-Initiated Logout §3): with the state
 * of the sign-out that this browser began it goes on; without, it is a harmless page.
 */
export function returnFromLogout(
  sealing: Sealing,
  cookies: CookieNames,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const state = readQuery(request.raw.url ?? '', ['state'])?.state;
  const [sealed, ...others] = cookiesNamed(request.headers, cookies.logout);
  const begun =
    sealed === undefined || others.length > 0 ? undefined : sealing.open('logout', sealed)?.values;
  reply.header('cache-control', 'no-store');
  if (state !== undefined && begun?.state === state && typeof begun.returnTo === 'string') {
    return reply.header('set-cookie', clearCookie(cookies.logout, 'lax')).redirect(begun.returnTo, 303);
  }
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', pageContentSecurityPolicy)
    .send(
      renderPage({
        title: 'Signed out',
        text: 'The sign-out at the provider is done.',
        links: [{ href: '/', label: 'Home' }],
        footnotes: [],
      }),
    );
}
