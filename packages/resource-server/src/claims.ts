import type { AccessTokenClaims } from './principal.ts';

/** What the claims of a token must meet, wherever they come from. Times are seconds. */
export interface ClaimsPolicy {
  /** Compared character by character. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience: readonly string[];
  readonly tolerance: { readonly exp: number; readonly nbf: number; readonly iat: number };
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Checks the claims that every access token needs: issuer, audience, subject and times.
 *
 * @param now seconds since the epoch
 * @returns the claims, or the reason to refuse them
 */
export function checkClaims(claims: Claims, policy: ClaimsPolicy, now: number): AccessTokenClaims | string {
  const { iss, sub, exp, nbf, iat } = claims;
  const { tolerance } = policy;
  if (iss !== policy.issuer) return 'iss is not the issuer';
  const aud = audienceIn(claims);
  if (aud === undefined || ![aud].flat().some((name) => policy.audience.includes(name))) {
    return 'aud does not name this API';
  }
  if (!isName(sub)) return 'sub is not a non-empty string';
  for (const claim of ['client_id', 'jti']) {
    if (claim in claims && !isName(claims[claim])) return `${claim} is not a non-empty string`;
  }
  // JSON can write a number too large for a double: read as Infinity, it would never expire.
  if (!isTime(exp)) return 'exp is not a time';
  if (exp <= now - tolerance.exp) return 'the token has expired';
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + tolerance.nbf)) return 'nbf is in the future';
  if (iat !== undefined && !(isTime(iat) && iat <= now + tolerance.iat)) return 'iat is in the future';
  return { ...claims, iss, sub, aud, exp };
}

function audienceIn({ aud }: Claims): string | string[] | undefined {
  if (typeof aud === 'string') return aud;
  return Array.isArray(aud) && aud.every((name) => typeof name === 'string') ? aud : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
