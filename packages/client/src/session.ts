import type { SessionView, SignedInView, SignedOutReason } from '@coatcheck/protocol';
import type { CoatcheckError } from './errors.ts';
import type { User } from './user.ts';

/** An end of the session that is near. */
export interface Expiring {
  /** `idle`: staying signed in moves it. `absolute`: nothing does. */
  kind: 'idle' | 'absolute';
  at: Date;
}

/** Somebody is signed in. All times are on this device's clock, whatever that says. */
export interface SignedIn {
  status: 'signed-in';
  user: User;
  /** Id of the provider that signed the person in. */
  provider: string;
  /** Ids of all providers whose grants the session holds. */
  connections: string[];
  /** What calls to the app's APIs may; empty while nobody knows, before the first call after a sign-in elsewhere. */
  scopes: string[];
  roles: string[];
  acr: string | null;
  amr: string[];
  createdAt: Date;
  /** The same as the server wrote it, which tells one session from another. */
  began: string;
  /** When the session ends, used or not. */
  expiresAt: Date;
  /** When the session ends if it is not used until then. */
  idleAt: Date;
  /** From here on the person should be told that the session ends: `expiring` is set then. */
  warnAt: Date;
  /** The end that is near; null while there is time. */
  expiring: Expiring | null;
  /** When the server renews the access token at the latest; null where the provider does not say. */
  accessTokenExpiresAt: Date | null;
  /** The server could not be asked lately, so this is what it said before. */
  stale: boolean;
  /** Why the last call about the session failed. */
  error?: CoatcheckError;
}

/** What is known about the session: exactly one of these. */
export type Session =
  | { status: 'loading' }
  | { status: 'signed-out'; reason: SignedOutReason }
  | SignedIn
  | { status: 'signing-out' }
  /** The server never answered since the page was loaded. */
  | { status: 'unavailable'; error: CoatcheckError };

/**
 * The session that the server's answer describes; parts that did not change keep their identity.
 *
 * @param hint why the session ended, where something else told so just before
 */
export function sessionFrom(
  view: SessionView,
  now: number,
  before: Session,
  hint: SignedOutReason | null = null,
): Session {
  if (!view.authenticated) {
    // The first answer after the end takes the cookie away, so all later ones know nothing any more.
    const reason = view.reason === 'none' ? (hint ?? likelyReason(before, now)) : view.reason;
    return 'reason' in before && before.reason === reason ? before : { status: 'signed-out', reason };
  }
  const same = before.status === 'signed-in' && before.user.sub === view.user.sub ? before : null;
  const parts = same && partsOf(same) === partsOf(view) ? same : view;
  const inSeconds = (seconds: number) => new Date(now + seconds * 1_000);
  const expiresAt = inSeconds(view.expiresIn);
  const idleAt = inSeconds(view.idleExpiresIn);
  const end = nearestEnd({ idleAt, expiresAt });
  // The server's rule: a minute, or a tenth of the idle time, which is at least the longest time left we have seen.
  const warned = same ? Math.min(+same.idleAt, +same.expiresAt) - +same.warnAt : 0;
  const warnAt = new Date(+end.at - Math.max(warned, Math.min(60_000, view.idleExpiresIn * 100)));
  return {
    status: 'signed-in',
    user: parts.user,
    provider: view.provider,
    connections: parts.connections,
    scopes: parts.scopes,
    roles: parts.roles,
    acr: view.acr,
    amr: parts.amr,
    createdAt: new Date(+expiresAt - Date.parse(view.expiresAt) + Date.parse(view.createdAt)),
    began: view.createdAt,
    expiresAt,
    idleAt,
    warnAt,
    expiring: +warnAt <= now ? end : null,
    accessTokenExpiresAt: view.accessTokenExpiresIn === null ? null : inSeconds(view.accessTokenExpiresIn),
    stale: false,
  };
}

/** What keeps its identity while nothing of it changes. */
function partsOf({ user, connections, scopes, roles, amr }: SignedIn | SignedInView): string {
  return JSON.stringify([user, connections, scopes, roles, amr]);
}

/**
 * The session after a call that could not be completed. Not being able to ask is not the same as being signed
 * out, except past the absolute end, which nothing can move.
 */
export function sessionAfterFailure(before: Session, error: CoatcheckError, now: number): Session {
  const { status } = before;
  if (status === 'signed-in') {
    const isOver = now >= +before.expiresAt;
    return isOver ? { status: 'signed-out', reason: 'expired' } : { ...before, stale: true, error };
  }
  return status === 'loading' || status === 'unavailable' ? { status: 'unavailable', error } : before;
}

export function nearestEnd({ idleAt, expiresAt }: Pick<SignedIn, 'idleAt' | 'expiresAt'>): Expiring {
  return idleAt < expiresAt ? { kind: 'idle', at: idleAt } : { kind: 'absolute', at: expiresAt };
}

function likelyReason(before: Session, now: number): SignedOutReason {
  if (before.status !== 'signed-in') return 'reason' in before ? before.reason : 'none';
  if (now >= +before.expiresAt) return 'expired';
  return now >= +before.idleAt ? 'idle' : 'signed-out';
}
