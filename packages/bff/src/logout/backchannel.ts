import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Audit } from '../observe/audit.ts';
import { sendProblem } from '../problems/answer.ts';
import type { Provider } from '../provider/provider.ts';
import { endedMarker, markerLife, revocationMarker } from '../session/ended-marker.ts';
import type { SessionManager } from '../session/manager.ts';
import type { OnceStore } from '../store/store.ts';
import { formText, readForm } from '../web/query.ts';

export interface BackchannelParts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly sessions: SessionManager;
  readonly once: OnceStore;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * `POST /bff/backchannel-logout/:provider` (OpenID Connect Back-Channel Logout §2.5 to §2.8): a valid logout token ends
 * the sessions it names, and takes the account out of those that only have it connected, here and, by the store's feed, in every instance. A session that is not there counts as ended.
 */
export async function backchannelLogout(
  parts: BackchannelParts,
  providerId: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { sessions, once, now } = parts;
  const refuse = (detail: string) => {
    parts.audit({ event: 'request.refused', code: 'invalid_logout_token', detail }, request.id);
    return sendProblem(request, reply, { code: 'invalid_logout_token', privateDetail: detail });
  };
  const text = formText(request.body);
  const form = text === undefined ? undefined : readForm(text, ['logout_token']);
  const provider = parts.providers.get(providerId);
  if (!form?.logout_token || !provider) return refuse('no logout_token, or more than one');
  const read = await provider.readLogoutToken(form.logout_token);
  if (read.kind === 'invalid') return refuse(read.detail);
  if (read.kind === 'unavailable') {
    return sendProblem(request, reply, {
      code: 'provider_unavailable',
      retryAfter: 5,
      privateDetail: read.detail,
    });
  }
  const { issuer, sid, sub, jti, expiresAt } = read.subject;
  const seen = `logout-token:${issuer}:${jti}`;
  if (await once.isClaimed(seen, now())) return refuse('the jti was seen before');
  const more = {
    requestId: request.id,
    first: (id: string) => once.claim(revocationMarker(id), now(), now() + markerLife),
  };
  if (sid !== null) {
    // A callback that is under way for this session must not bring it back.
    await once.claim(endedMarker(issuer, sid), now(), now() + markerLife);
    await sessions.endProviderSession(issuer, sid, 'provider-logout', more);
    await sessions.connections.endAt(issuer, { sid }, { revoke: true });
  } else if (sub !== null) {
    await sessions.endSubject(issuer, sub, 'provider-logout', more);
    await sessions.connections.endAt(issuer, { sub }, { revoke: true });
  }
  // Last: until all of it is done the token is not used up, and the provider sends it again (§2.8). Done twice at once,
  // it ends nothing twice.
  if (!(await once.claim(seen, now(), expiresAt))) return refuse('the jti was seen before');
  return reply.code(200).header('cache-control', 'no-store').send();
}
