import {
  type SessionView,
  type SignedInView,
  type SignedOutReason,
  signedOutReasons,
} from '@coatcheck/protocol';
import { isRecord } from './json.ts';

/** Reads the body of `GET /bff/session`; null where it is anything else. */
export function parseSessionView(body: unknown): SessionView | null {
  if (!isRecord(body)) return null;
  if (body.authenticated === false) return { authenticated: false, reason: reasonOf(body.reason) };
  return isSignedIn(body) ? body : null;
}

/** What the state is made of is there; of the rest nothing is shown. */
function isSignedIn(body: Record<string, unknown>): body is Record<string, unknown> & SignedInView {
  const { user, provider, createdAt, expiresAt, expiresIn, idleExpiresIn } = body;
  return (
    body.authenticated === true &&
    isRecord(user) &&
    typeof user.sub === 'string' &&
    typeof provider === 'string' &&
    [createdAt, expiresAt].every((time) => Date.parse(`${time}`)) &&
    [expiresIn, idleExpiresIn].every(Number.isFinite) &&
    [body.connections, body.scopes, body.roles, body.amr].every(Array.isArray)
  );
}

/** A reason that this version does not know still means: nobody is signed in. */
export function reasonOf(value: unknown): SignedOutReason {
  return signedOutReasons.find((reason) => reason === value) ?? 'none';
}

/** Where an answer sends the browser, null if nowhere. Only a web address is a place to go: `javascript:` is not. */
export function parseRedirect(body: unknown, origin: string): string | null {
  const target = isRecord(body) ? body.redirectTo : null;
  return typeof target === 'string' && /^https?:/.test(`${URL.parse(target, origin)}`) ? target : null;
}
