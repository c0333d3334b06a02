import { type Audit, shortSession } from '../observe/audit.ts';
import type { Provider } from '../provider/provider.ts';
import { carriedMarker, renewedMarker, revocationMarker } from '../session/ended-marker.ts';
import type { SessionManager } from '../session/manager.ts';
import { type Grant, revocable } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import type { OnceStore } from '../store/store.ts';

export interface RevocationParts {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly audit: Audit;
}

/** Takes back what the session's grants hold, where the provider's policy is that. */
export async function revokeGrants(parts: RevocationParts, session: Session): Promise<void> {
  for (const [id, grant] of Object.entries(session.record.grants)) await revoke(parts, session, id, grant);
}

/**
 * The same for a session that ended elsewhere, for a reason that its ender could not revoke for, since only its ticket
 * opens it: by whichever process still knows it. What lives on in another session is left alone.
 */
export async function revokeOrphan(
  parts: RevocationParts & {
    readonly sessions: Pick<SessionManager, 'endOf'>;
    readonly once: OnceStore;
    /** Milliseconds since the epoch. */
    readonly now: () => number;
  },
  session: Session,
): Promise<void> {
  const { sessions, once, now } = parts;
  const isMarked = (marker: string) => once.isClaimed(marker, now());
  const reason = await sessions.endOf(session.id);
  const isForAsking = reason === 'provider-logout' || reason === 'signed-out';
  const isAsked = reason === 'revoked' || (isForAsking && (await isMarked(revocationMarker(session.id))));
  if (isAsked) return revokeGrants(parts, session);
  if (reason !== 'replaced' || (await isMarked(carriedMarker(session.id)))) return;
  for (const [id, grant] of Object.entries(session.record.grants))
    if (!(await isMarked(renewedMarker(session.id, id)))) await revoke(parts, session, id, grant);
}

async function revoke(
  { providers, audit }: RevocationParts,
  session: Session,
  id: string,
  grant: Grant,
): Promise<void> {
  const provider = providers.get(id);
  if (!provider?.settings.logout.revoke) return;
  const revoked = await provider.revoke(revocable(grant));
  if (revoked.ok) return;
  const { detail } = revoked.failure;
  audit({ event: 'token.revocation_failed', provider: id, session: shortSession(session.id), detail });
}
