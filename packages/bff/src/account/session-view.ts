import type { SessionView } from '@coatcheck/protocol';
import type { Settings } from '../options/settings.ts';
import type { Session } from '../session/session.ts';
import { scopesOf } from './scopes.ts';
import { tokenOfSignIn } from './sign-in-token.ts';

/**
 * What the browser may know of its session: allow-listed claims and times, never a token.
 *
 * @param now milliseconds since the epoch
 */
export function viewOf(
  settings: Settings,
  session: Session,
  now: number,
): SessionView & { authenticated: true } {
  const { record } = session;
  const token = tokenOfSignIn(settings, record);
  const tokenEnd = token ? Math.min(token.expiresAt, record.expiresAt) : null;
  return {
    authenticated: true,
    user: { ...record.user, sub: record.subject },
    provider: record.provider,
    connections: Object.keys(record.grants),
    scopes: scopesOf(settings, record),
    roles: record.roles,
    acr: record.acr,
    amr: record.amr,
    createdAt: iso(record.createdAt),
    expiresAt: iso(record.expiresAt),
    expiresIn: secondsLeft(record.expiresAt, now),
    idleExpiresAt: iso(session.idleExpiresAt),
    idleExpiresIn: secondsLeft(session.idleExpiresAt, now),
    accessTokenExpiresAt: tokenEnd === null ? null : iso(tokenEnd),
    accessTokenExpiresIn: tokenEnd === null ? null : secondsLeft(tokenEnd, now),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function secondsLeft(end: number, now: number): number {
  return Math.max(0, Math.floor((end - now) / 1_000));
}
