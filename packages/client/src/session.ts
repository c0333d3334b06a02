import type { SessionUser, SessionView, SignedInView, SignedOutReason } from '@coatcheck/protocol';
import type { CoatcheckError } from './errors.ts';
import { saysTheSame } from './json.ts';

/** An end of the session that is near. */
export interface Expiring {
  /** `idle`: staying signed in moves it. `absolute`: nothing does. */
  kind: 'idle' | 'absolute';
  at: Date;
}

/** Somebody is signed in. All times are on this device's clock, whatever that says. */
export interface SignedIn {
  status: 'signed-in';
  user: SessionUser;
  /** Id of the provider that signed the person in. */
  provider: string;
  /** Ids of all providers whose grants the session holds. */
  connections: string[];
  scopes: string[];
  roles: string[];
  acr: string | null;
  amr: string[];
  createdAt: Date;
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
    const same = before.status === 'signed-out' && before.reason === reason;
    return same ? before : { status: 'signed-out', reason };
  }
  if (before.status !== 'signed-in' || before.user.sub !== view.user.sub) return signedInFrom(view, now, 0);
  const next = signedInFrom(view, now, nearestEnd(before).at.getTime() - before.warnAt.getTime());
  return {
    ...next,
    user: kept(before.user, next.user),
    connections: kept(before.connections, next.connections),
    scopes: kept(before.scopes, next.scopes),
    roles: kept(before.roles, next.roles),
    amr: kept(before.amr, next.amr),
  };
}

/**
 * The session after a call that could not be completed. Not being able to ask is not the same as being signed
 * out, except past the absolute end, which nothing can move.
 */
export function sessionAfterFailure(before: Session, error: CoatcheckError, now: number): Session {
  switch (before.status) {
    case 'signed-in':
      if (now >= before.expiresAt.getTime()) return { status: 'signed-out', reason: 'expired' };
      return { ...before, stale: true, error };
    case 'loading':
    case 'unavailable':
      return { status: 'unavailable', error };
    case 'signed-out':
    case 'signing-out':
      return before;
  }
}

/** The session of which the server just said that its end is near. */
export function aboutToExpire(session: Session, now: number): Session {
  if (session.status !== 'signed-in' || session.expiring !== null) return session;
  return { ...session, warnAt: new Date(now), expiring: nearestEnd(session) };
}

/** Milliseconds until the server should be asked how the session stands; null where nothing is due. */
export function nextDeadline(session: Session, now: number): number | null {
  if (session.status !== 'signed-in') return null;
  const { idleAt, expiresAt, warnAt, expiring } = session;
  // The server counts whole seconds: asked a little late, it has made up its mind.
  const dates = [idleAt.getTime() + 1_000, expiresAt.getTime() + 1_000];
  if (expiring === null) {
    // Where events arrive, the server's own warning comes before this.
    const grace = Math.min(2_000, (nearestEnd(session).at.getTime() - warnAt.getTime()) / 2);
    dates.push(warnAt.getTime() + grace);
  }
  const due = dates.map((date) => date - now).filter((wait) => wait > 0);
  return due.length === 0 ? null : Math.min(...due);
}

function nearestEnd({ idleAt, expiresAt }: Pick<SignedIn, 'idleAt' | 'expiresAt'>): Expiring {
  return idleAt < expiresAt ? { kind: 'idle', at: idleAt } : { kind: 'absolute', at: expiresAt };
}

function likelyReason(before: Session, now: number): SignedOutReason {
  if (before.status === 'signed-out') return before.reason;
  if (before.status !== 'signed-in') return 'none';
  if (now >= before.expiresAt.getTime()) return 'expired';
  return now >= before.idleAt.getTime() ? 'idle' : 'signed-out';
}

const longestWarning = 60_000;

/** @param warned how long before the end this session has warned up to now, in milliseconds */
function signedInFrom(view: SignedInView, now: number, warned: number): SignedIn {
  const expiresAt = now + view.expiresIn * 1_000;
  const idleAt = now + view.idleExpiresIn * 1_000;
  // The server's rule: a minute, or a tenth of the idle time, which is at least the longest time left we have seen.
  const warning = Math.max(warned, Math.min(longestWarning, view.idleExpiresIn * 100));
  const end = nearestEnd({ idleAt: new Date(idleAt), expiresAt: new Date(expiresAt) });
  const warnAt = end.at.getTime() - warning;
  const age = Date.parse(view.expiresAt) - Date.parse(view.createdAt);
  return {
    status: 'signed-in',
    user: view.user,
    provider: view.provider,
    connections: view.connections,
    scopes: view.scopes,
    roles: view.roles,
    acr: view.acr,
    amr: view.amr,
    createdAt: new Date(expiresAt - age),
    expiresAt: new Date(expiresAt),
    idleAt: new Date(idleAt),
    warnAt: new Date(warnAt),
    expiring: now >= warnAt ? end : null,
    accessTokenExpiresAt:
      view.accessTokenExpiresIn === null ? null : new Date(now + view.accessTokenExpiresIn * 1_000),
    stale: false,
  };
}

function kept<T>(before: T, next: T): T {
  return saysTheSame(before, next) ? before : next;
}
