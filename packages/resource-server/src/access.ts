import type { AccessTokenClaims, Principal } from './principal.ts';
import { missing } from './scopes.ts';

/** What a token must hold to call a route: all that is listed. */
export interface Access {
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
  /** How the user must have signed in: one of these must be the token's `acr` (RFC 9470 §3). */
  readonly acr?: readonly string[];
  /** How long ago the user may have signed in, by the token's `auth_time`. Seconds. */
  readonly maxAge?: number;
}

/** `access` in a route's config. Without it any valid token will do; only `'public'` opens a route to everyone. */
export type RouteAccess = Access | 'public';

/** How a valid token fares on a route. */
export type Decision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'missing-scope'; readonly required: readonly string[] }
  | { readonly kind: 'missing-role'; readonly missing: readonly string[] }
  | { readonly kind: 'insufficient-authentication'; readonly required: Pick<Access, 'acr' | 'maxAge'> };

/** Time as the decision sees it. Seconds. */
export interface Clock {
  /** Since the epoch. */
  readonly now: number;
  /** How far ahead the authorization server's clock may be. */
  readonly tolerance: number;
}

/**
 * Decides whether a principal may call a route. Scopes come first: they are what the client could ask for. The
 * sign-in comes last: nobody should sign in again only to hear that a role is missing.
 */
export function decide(principal: Principal, access: Access, clock: Clock): Decision {
  const scopes = access.scopes ?? [];
  if (missing(scopes, principal.scopes).length > 0) return { kind: 'missing-scope', required: scopes };
  const roles = missing(access.roles ?? [], principal.roles);
  if (roles.length > 0) return { kind: 'missing-role', missing: roles };
  if (isAuthenticationEnough(principal.claims, access, clock)) return { kind: 'allowed' };
  const { acr, maxAge } = access;
  const required = { ...(acr && { acr }), ...(maxAge !== undefined && { maxAge }) };
  return { kind: 'insufficient-authentication', required };
}

/** RFC 9470 §4: a token that does not say how and when the user signed in is not enough. */
function isAuthenticationEnough(
  { acr, auth_time: authTime }: AccessTokenClaims,
  required: Access,
  { now, tolerance }: Clock,
): boolean {
  if (required.acr !== undefined && !(typeof acr === 'string' && required.acr.includes(acr))) return false;
  if (required.maxAge === undefined) return true;
  if (typeof authTime !== 'number' || !Number.isFinite(authTime)) return false;
  return authTime <= now + tolerance && now - authTime <= required.maxAge;
}
