import type { SessionView, SignedInView, SignedOutReason } from '@coatcheck/protocol';

export interface Person {
  readonly sub: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export const alice: Person = { sub: 'alice', name: 'Alice Archer', roles: ['user'] };
export const bob: Person = { sub: 'bob', name: 'Bob Bishop', roles: ['user', 'admin'] };

/** A session as the scripted BFF holds it. Times are milliseconds since the epoch. */
export interface HeldSession {
  readonly person: Person;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly idleAt: number;
  readonly scopes: readonly string[];
  readonly acr: string | null;
  readonly connections: readonly string[];
}

const idleTime = 30 * 60_000;
const wholeLife = 12 * 60 * 60_000;

export function newSession(person: Person, now: number): HeldSession {
  return {
    person,
    createdAt: now,
    expiresAt: now + wholeLife,
    idleAt: now + idleTime,
    scopes: ['openid', 'profile', 'notes:read'],
    acr: null,
    connections: ['main'],
  };
}

export function extended(session: HeldSession, now: number): HeldSession {
  return { ...session, idleAt: Math.min(now + idleTime, session.expiresAt) };
}

/** Why a session is over at this time, null while it is not. */
export function endOf(session: HeldSession, now: number): SignedOutReason | null {
  if (now >= session.expiresAt) return 'expired';
  return now >= session.idleAt ? 'idle' : null;
}

export function signedInView(session: HeldSession, now: number): SignedInView {
  const { person, createdAt, expiresAt, idleAt, scopes, acr, connections } = session;
  const text = (time: number) => new Date(time).toISOString();
  const secondsTo = (time: number) => Math.max(0, Math.round((time - now) / 1_000));
  return {
    authenticated: true,
    user: { sub: person.sub, name: person.name, email: `${person.sub}@example.test`, team: 'blue' },
    provider: 'main',
    connections: [...connections],
    scopes: [...scopes],
    roles: [...person.roles],
    acr,
    amr: acr === null ? ['pwd'] : ['pwd', 'otp'],
    createdAt: text(createdAt),
    expiresAt: text(expiresAt),
    expiresIn: secondsTo(expiresAt),
    idleExpiresAt: text(idleAt),
    idleExpiresIn: secondsTo(idleAt),
    accessTokenExpiresAt: text(now + 300_000),
    accessTokenExpiresIn: 300,
  };
}

export function signedOutView(reason: SignedOutReason): SessionView {
  return { authenticated: false, reason };
}
