import type { Scheme } from './challenges.ts';
import { rolesIn, scopesIn } from './scopes.ts';

/** The claims of an accepted access token (RFC 9068 §2.2). Others may stand beside those named here. */
export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly [claim: string]: unknown;
}

/** Who calls, as the access token says; nothing in it comes from any other part of the request. */
export interface Principal {
  readonly issuer: string;
  /** Unique at its issuer only: see {@link principalKey}. */
  readonly subject: string;
  /** Absent only where `client_id` was taken off the required claims. */
  readonly clientId: string | undefined;
  readonly scopes: readonly string[];
  readonly roles: readonly string[];
  /** `DPoP` where the caller proved to hold the token's key with each request (RFC 9449). */
  readonly tokenType: Scheme;
  readonly claims: AccessTokenClaims;
}

/**
 * A string that is the same for two principals if and only if they are the same party: a subject is unique at its
 * issuer only (RFC 9068 §5). Good for map keys; in a database keep issuer and subject in two columns.
 */
export function principalKey(principal: Pick<Principal, 'issuer' | 'subject'>): string {
  return JSON.stringify([principal.issuer, principal.subject]);
}

/** Reads the principal out of the claims of a token that was found good.
 *
 * @param rolesClaim the members that lead to the list of roles
 */
export function principalFrom(
  claims: AccessTokenClaims,
  tokenType: Scheme,
  rolesClaim: readonly string[],
): Principal {
  const { client_id: clientId } = claims;
  return {
    issuer: claims.iss,
    subject: claims.sub,
    clientId: typeof clientId === 'string' ? clientId : undefined,
    scopes: scopesIn(claims),
    roles: rolesIn(claims, rolesClaim),
    tokenType,
    claims,
  };
}
