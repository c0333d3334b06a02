import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { KeysUnavailable } from './keys.ts';
import { type AccessTokenClaims, type Principal, principalFrom } from './principal.ts';

/** What a token must meet. Times are seconds. */
export interface TokenPolicy {
  /** Compared character by character. */
  readonly issuer: string;
  /** One of these must be in `aud`. */
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
  readonly requiredClaims: readonly string[];
  readonly tolerance: { readonly exp: number; readonly nbf: number; readonly iat: number };
  /** The members that lead to the list of roles. */
  readonly rolesClaim: readonly string[];
}

/** What came of a token. Reasons and errors are for the log and never hold the token. */
export type Verification =
  | { readonly kind: 'accepted'; readonly principal: Principal }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'keys-unavailable'; readonly error: KeysUnavailable };

/**
 * Validates a JWT access token (RFC 9068 §4): signature by an allowed algorithm and a key of the issuer, `typ`,
 * issuer, audience, required claims, times, and that it is no token bound to a key.
 *
 * @param token compact JWS
 * @param keys finds the key for a header; the header's own `jku`, `jwk`, `x5u` and `x5c` are never looked at
 * @param now milliseconds since the epoch
 */
export async function verifyAccessToken(
  token: string,
  policy: TokenPolicy,
  keys: JWTVerifyGetKey,
  now: number,
): Promise<Verification> {
  const { exp, nbf, iat } = policy.tolerance;
  const options = {
    algorithms: [...policy.algorithms],
    typ: 'at+jwt', // jose takes application/at+jwt for the same, in any case (RFC 9068 §4)
    issuer: policy.issuer,
    audience: [...policy.audience],
    requiredClaims: [...policy.requiredClaims],
    currentDate: new Date(now),
    clockTolerance: Math.max(exp, nbf, iat), // the widest; checkClaims() applies each its own
  };
  try {
    const { payload } = await verifyWithAnyOf(token, keys, options);
    const checked = checkClaims(payload, policy, now / 1000);
    if (typeof checked === 'string') return { kind: 'refused', reason: checked };
    return { kind: 'accepted', principal: principalFrom(checked, policy.rolesClaim) };
  } catch (error) {
    if (error instanceof KeysUnavailable) return { kind: 'keys-unavailable', error };
    if (error instanceof errors.JOSEError) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

/** `kid` is optional: where several keys of the issuer fit a header, each of them is tried. */
async function verifyWithAnyOf(
  token: string,
  keys: JWTVerifyGetKey,
  options: Parameters<typeof jwtVerify>[2],
): Promise<{ payload: JWTPayload }> {
  try {
    return await jwtVerify(token, keys, options);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/**
 * What jose leaves open: the types of the claims, each time's own tolerance, and `cnf`.
 *
 * @param now seconds since the epoch
 * @returns the claims, or the reason to refuse them
 */
function checkClaims(
  claims: JWTPayload,
  policy: TokenPolicy,
  now: number,
): (AccessTokenClaims & JWTPayload) | string {
  const { iss, sub, aud, exp, nbf, iat } = claims;
  const { tolerance } = policy;
  if (iss === undefined || aud === undefined) return 'iss or aud is missing';
  if (!isName(sub)) return 'sub is not a non-empty string';
  for (const claim of ['client_id', 'jti']) {
    if (claim in claims && !isName(claims[claim])) return `${claim} is not a non-empty string`;
  }
  // JSON can write a number too large for a double: read as Infinity, it would never expire.
  if (!isTime(exp)) return 'exp is not a time';
  if (exp <= now - tolerance.exp) return 'the token has expired';
  if (nbf !== undefined && !(isTime(nbf) && nbf <= now + tolerance.nbf)) return 'nbf is in the future';
  if (iat !== undefined && !(isTime(iat) && iat <= now + tolerance.iat)) return 'iat is in the future';
  // Fail closed: without the proof of possession a stolen token would do (RFC 9449 §7.2, RFC 8705 §3).
  if ('cnf' in claims) return 'the token is bound to a key (cnf) but was sent as a plain bearer token';
  return { ...claims, iss, sub, aud, exp };
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
