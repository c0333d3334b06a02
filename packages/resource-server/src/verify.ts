import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type ClaimsPolicy, checkClaims } from './claims.ts';
import { KeysUnavailable } from './keys.ts';
import type { AccessTokenClaims } from './principal.ts';
import type { ProblemCode } from './problems.ts';

/** What a JWT must meet. */
export interface TokenPolicy extends ClaimsPolicy {
  readonly algorithms: readonly string[];
  readonly requiredClaims: readonly string[];
}

/** What came of a token. Reasons and errors are for the log and never hold the token. */
export type Verification =
  | { readonly kind: 'accepted'; readonly claims: AccessTokenClaims }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly code: ProblemCode; readonly error: Error };

/**
 * Validates a JWT access token (RFC 9068 §4): signature by an allowed algorithm and a key of the issuer, `typ`,
 * issuer, audience, required claims and times. Whose key it is bound to is checked elsewhere.
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
    const claims = checkClaims(payload, policy, now / 1000);
    return typeof claims === 'string' ? { kind: 'refused', reason: claims } : { kind: 'accepted', claims };
  } catch (error) {
    if (error instanceof KeysUnavailable) return { kind: 'unavailable', code: 'keys_unavailable', error };
    if (error instanceof errors.JOSEError) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

/** `kid` is optional: where several keys of the issuer fit a header, each of them is tried. */
export async function verifyWithAnyOf(
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
