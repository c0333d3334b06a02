import { randomBytes } from 'node:crypto';
import type { LogoutView } from '@coatcheck/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import type { Settings } from '../options/settings.ts';
import { isNavigation, sendProblem } from '../problems/answer.ts';
import type { Provider } from '../provider/provider.ts';
import { markerLife, revocationMarker } from '../session/ended-marker.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Session } from '../session/session.ts';
import type { OnceStore } from '../store/store.ts';
import { setCookie } from '../ticket/cookies.ts';
import type { Sealing } from '../ticket/sealing.ts';
import type { Tickets } from '../ticket/ticket.ts';
import { readReturnTo } from '../web/return-to.ts';
import { revokeGrants } from './revocation.ts';
import { readWishes } from './wishes.ts';

/** How long a sign-out at the provider may take. Seconds. */
export const logoutLife = 600;

export interface LogoutParts {
  readonly settings: Settings;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly tickets: Tickets;
  readonly sealing: Sealing;
  readonly sessions: SessionManager;
  readonly once: OnceStore;
  readonly audit: Audit;
  /** Keeps work that goes on after the answer until it is done. */
  readonly background: (work: Promise<unknown>) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * `POST /bff/logout`: ends the session here first; what the provider has to do for it never delays that. A form post is
 * redirected to the provider, a fetch is told where to go.
 */
export async function logOut(
  parts: LogoutParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { settings, tickets, sessions } = parts;
  const wishes = readWishes(request.body);
  if (!wishes) return sendProblem(request, reply, { code: 'invalid_parameter' });
  const returnTo = readReturnTo(wishes.returnTo ?? '/', settings.publicUrl.origin, settings.basePath);
  if (returnTo === undefined) return sendProblem(request, reply, { code: 'invalid_return_to' });

  const found = tickets.read(request.headers);
  // Read past the cache: another instance may have just rotated the refresh token that is to be revoked.
  const loaded = found.kind === 'ticket' ? await sessions.loadFresh(found.ticket) : undefined;
  const session = loaded?.kind === 'active' ? loaded.session : undefined;
  if (session) {
    await sessions.end(session.id, 'signed-out', request.id);
    parts.background(revokeGrants(parts, session));
    if (wishes.everywhere)
      await sessions.endSubject(session.record.issuer, session.record.subject, 'signed-out', {
        requestId: request.id,
        // Here only one is opened: who holds another revokes its tokens.
        first: (id) => parts.once.claim(revocationMarker(id), parts.now(), parts.now() + markerLife),
      });
  }
  reply
    .header('set-cookie', tickets.cleared())
    .header('cache-control', 'no-store')
    .header('clear-site-data', '"cache"');
  const redirectTo = session && !wishes.local ? await providerLogout(parts, session, returnTo, reply) : null;
  if (isNavigation(request)) return reply.redirect(redirectTo ?? returnTo, 303);
  return reply.send({ redirectTo } satisfies LogoutView);
}

/** Where to end the provider's session (OpenID RP-Initiated Logout §2); null if it offers nothing or is down. */
async function providerLogout(
  parts: LogoutParts,
  session: Session,
  returnTo: string,
  reply: FastifyReply,
): Promise<string | null> {
  const { settings } = parts;
  const provider = parts.providers.get(session.record.provider);
  if (!provider?.settings.logout.atProvider || !provider.isReady()) return null;
  const state = randomBytes(32).toString('base64url');
  const url = await provider.endSessionUrl({
    post_logout_redirect_uri: `${settings.publicUrl.origin}${settings.paths.logoutCallback}`,
    state,
    ...hintOf(provider, session),
  });
  if (!url.ok || url.value === null) return null;
  const sealed = parts.sealing.seal('logout', { state, returnTo });
  reply.header(
    'set-cookie',
    setCookie(settings.cookies.logout, sealed, { sameSite: 'lax', maxAge: logoutLife }),
  );
  return url.value.href;
}

/** What tells the provider whose session to end, as its policy says. */
function hintOf(provider: Provider, session: Session): Record<string, string> {
  const { hint, hintIs } = provider.settings.logout;
  const { idToken } = session.record.grants[session.record.provider] ?? {};
  if (hint === 'id_token_hint' && idToken) return { id_token_hint: idToken };
  if (hint !== 'logout_hint') return {};
  const { user, providerSession } = session.record;
  const name = typeof user.email === 'string' ? user.email : user.preferred_username;
  const value = hintIs === 'session' ? providerSession : name;
  return typeof value === 'string' ? { logout_hint: value } : {};
}
