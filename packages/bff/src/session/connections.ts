import { createHash } from 'node:crypto';
import type { EndReason, OnceStore, SessionIndex, Store, StoredSession } from '../store/store.ts';
import type { IndexHasher } from '../ticket/keys.ts';
import { markerLife, revocationMarker } from './ended-marker.ts';
import type { Account } from './record.ts';

/**
 * Which accounts of other providers sessions have. A record opens only with its ticket, so each connected account has an
 * entry of its own beside it in the store, found by the keyed hashes of its account and ended by anybody: a session whose
 * entry is gone drops that grant when it is read next.
 */
export interface Connections {
  /** Where the entry of a session's account stands. */
  idOf(sessionId: string, provider: string): string;
  /** @param expiresAt the session's end */
  add(sessionId: string, provider: string, account: Account, expiresAt: number): Promise<void>;
  stands(sessionId: string, provider: string, account: Account): Promise<boolean>;
  /** Whether a session has this account connected. */
  isOf(sessionId: string, provider: string, issuer: string, subject: string): Promise<boolean>;
  /** True if this call did it. */
  end(sessionId: string, provider: string, reason: EndReason): Promise<boolean>;
  /** Ends them for whoever signed in at another provider, in every session; `sid` names one sign-in, `sub` all. */
  endAt(
    issuer: string,
    who: { readonly sid: string } | { readonly sub: string },
    more?: { readonly revoke: boolean },
  ): Promise<void>;
  /** Whether the tokens of a connection that was ended from elsewhere are to be revoked. */
  isToBeRevoked(sessionId: string, provider: string): Promise<boolean>;
}

/** For how long it stays known that a connection ended: longer than any session that has it. Milliseconds. */
const tombstoneLife = 24 * 3_600_000;

/** An entry can be made while others are looked for; each look finds what the one before could not. */
const mostLooks = 3;

/** @param now milliseconds since the epoch */
export function createConnections(
  store: Pick<Store, 'sessions'> & { readonly once: OnceStore },
  hasher: IndexHasher,
  now: () => number,
): Connections {
  const { sessions, once } = store;

  const idOf = (sessionId: string, provider: string) =>
    createHash('sha256').update(`connection/${sessionId}/${provider}`).digest('base64url');

  function entry(id: string, { issuer, subject, sid }: Account, expiresAt: number): StoredSession {
    return {
      id,
      version: 1,
      sealed: Buffer.from('connection'),
      subject: hasher.hash(nameOf(issuer), subject),
      providerSession: sid === null ? null : hasher.hash(nameOf(issuer), sid),
      device: null,
      createdAt: now(),
      lastSeenAt: now(),
      idleExpiresAt: expiresAt,
      expiresAt,
    };
  }

  function end(id: string, reason: EndReason): Promise<boolean> {
    return sessions.end({ id, reason, endedAt: now(), expiresAt: now() + tombstoneLife });
  }

  return {
    idOf,
    async add(sessionId, provider, account, expiresAt) {
      await sessions.create(entry(idOf(sessionId, provider), account, expiresAt));
    },
    async stands(sessionId, provider, account) {
      const found = await sessions.read(idOf(sessionId, provider));
      if (found.kind !== 'session') return false;
      const { session } = found;
      const renewed = entry(session.id, account, session.expiresAt);
      // After a rotation of keys the hashes are written anew, so that it is still found.
      if (renewed.subject !== session.subject) await sessions.update(renewed, session.version);
      return true;
    },
    async isOf(sessionId, provider, issuer, subject) {
      const found = await sessions.read(idOf(sessionId, provider));
      return (
        found.kind === 'session' && hasher.allHashes(nameOf(issuer), subject).includes(found.session.subject)
      );
    },
    end: (sessionId, provider, reason) => end(idOf(sessionId, provider), reason),
    async endAt(issuer, who, { revoke } = { revoke: false }) {
      const [index, value]: [SessionIndex, string] =
        'sid' in who ? ['providerSession', who.sid] : ['subject', who.sub];
      for (let look = 0; look < mostLooks; look += 1) {
        const ids = await sessions.find(index, hasher.allHashes(nameOf(issuer), value));
        const done = await Promise.all(
          ids.map(async (id) => {
            if (revoke) await once.claim(revocationMarker(id), now(), now() + markerLife);
            return end(id, 'provider-logout');
          }),
        );
        if (done.every(Boolean)) return;
      }
    },
    isToBeRevoked: (sessionId, provider) =>
      once.isClaimed(revocationMarker(idOf(sessionId, provider)), now()),
  };
}

/** Kept apart from those who signed in there: their sessions are no part of anybody's list. */
function nameOf(issuer: string): string {
  return `connected ${issuer}`;
}
