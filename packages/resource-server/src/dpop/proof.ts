import { createHash } from 'node:crypto';
import {
  calculateJwkThumbprint,
  decodeProtectedHeader,
  EmbeddedJWK,
  errors,
  type JWTPayload,
  jwtVerify,
} from 'jose';

/** What a proof must meet. Times are seconds. */
export interface ProofPolicy {
  /** Asymmetric ones only. */
  readonly algorithms: readonly string[];
  /** How old a proof may be. */
  readonly maxAge: number;
  /** How far ahead the client's clock may be. */
  readonly tolerance: number;
}

/** The request that a proof must be made for. */
export interface ProvedRequest {
  readonly method: string;
  /** Where it may have been sent, each as `normalUri()` writes it. */
  readonly uris: readonly string[];
  readonly token: string;
  /** `cnf.jkt` of the token. */
  readonly thumbprint: string;
}

/** What came of a proof. Reasons are for the log and never hold it. */
export type ProofResult =
  | { readonly kind: 'valid'; readonly id: string; readonly nonce: unknown }
  | { readonly kind: 'other-key' }
  | { readonly kind: 'invalid'; readonly reason: string };

/** What the claims of a proof must be, apart from the nonce, which is the server's own affair. */
interface Claims extends JWTPayload {
  readonly htm?: unknown;
  readonly htu?: unknown;
  readonly ath?: unknown;
}

/**
 * Checks a DPoP proof (RFC 9449 §4.3) except for its nonce and whether it was used before. The key comes first: only
 * the key that the token is bound to is worth a signature check.
 *
 * @param proof compact JWS
 * @param now seconds since the epoch
 * @param normalUri the normal form of `ProvedRequest.uris`; undefined for what is no URI
 * @returns for a valid proof its `id`: one for each `jti` of each key, fit to be a key in a store
 */
export async function checkProof(
  proof: string,
  request: ProvedRequest,
  policy: ProofPolicy,
  now: number,
  normalUri: (text: string) => string | undefined,
): Promise<ProofResult> {
  try {
    const { jwk } = decodeProtectedHeader(proof);
    if (jwk === undefined) return { kind: 'invalid', reason: 'the proof has no jwk' };
    if ((await calculateJwkThumbprint(jwk)) !== request.thumbprint) return { kind: 'other-key' };
    const { payload } = await jwtVerify<Claims>(proof, EmbeddedJWK, {
      algorithms: [...policy.algorithms],
      typ: 'dpop+jwt',
      currentDate: new Date(now * 1000),
      clockTolerance: policy.tolerance,
    });
    const reason = problemIn(payload, request, policy, now, normalUri);
    if (reason !== undefined) return { kind: 'invalid', reason };
    return { kind: 'valid', id: sha256(`${request.thumbprint}.${payload.jti}`), nonce: payload.nonce };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      return { kind: 'invalid', reason: error.message };
    }
    throw error;
  }
}

function problemIn(
  { jti, htm, htu, ath, iat }: Claims,
  request: ProvedRequest,
  policy: ProofPolicy,
  now: number,
  normalUri: (text: string) => string | undefined,
): string | undefined {
  if (typeof jti !== 'string' || jti === '') return 'jti is not a non-empty string';
  if (htm !== request.method) return `htm is not ${request.method}`;
  const uri = typeof htu === 'string' ? normalUri(htu) : undefined;
  if (uri === undefined || !request.uris.includes(uri)) {
    return `htu is ${uri ?? 'no URI'} and the request was for ${request.uris.join(' or ')}; see the option publicUrl`;
  }
  if (ath !== sha256(request.token)) return 'ath is not of this token';
  if (typeof iat !== 'number' || !Number.isFinite(iat)) return 'iat is not a time';
  if (iat > now + policy.tolerance) return 'iat is in the future';
  if (iat < now - policy.maxAge) return `the proof is older than ${policy.maxAge} s`;
  return undefined;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
