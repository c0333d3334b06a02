import type { OnceStore } from '../store/store.ts';
import type { FreshTicket } from '../ticket/ticket.ts';
import { carriedMarker, markerLife } from './ended-marker.ts';
import { accountsIn } from './grants.ts';
import type { SessionManager } from './manager.ts';
import type { SessionRecord } from './record.ts';
import type { Session } from './session.ts';

export interface SuccessionParts {
  readonly sessions: Pick<SessionManager, 'start' | 'end' | 'endOf' | 'connections'>;
  readonly once: OnceStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Lets a session go on under a new id and key, with the grants that its new record carries over. The new one is there
 * before the old one goes, so that whoever ends all of a person's sessions meanwhile finds one of them.
 *
 * @param device sealed label of the browser
 * @returns false where the old one ended meanwhile: then the new one is ended too, for the same reason
 */
export async function succeed(
  { sessions, once, now }: SuccessionParts,
  old: Session,
  fresh: FreshTicket,
  record: SessionRecord,
  device: Uint8Array,
  requestId: string,
): Promise<boolean> {
  const { connections } = sessions;
  const { idHash } = fresh.ticket;
  await sessions.start(fresh, record, device, requestId);
  // Whoever held the old one opened would revoke tokens that live on.
  await once.claim(carriedMarker(old.id), now(), now() + markerLife);
  // The entries of the old one first: whoever ends one at the same moment finds either it or its successor.
  for (const [provider] of accountsIn(old.record)) {
    if (!(await connections.end(old.id, provider, 'replaced')))
      await connections.end(idHash, provider, 'provider-logout');
  }
  if (await sessions.end(old.id, 'replaced', requestId)) return true;
  await sessions.end(idHash, (await sessions.endOf(old.id)) ?? 'expired', requestId);
  return false;
}
