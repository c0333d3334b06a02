import { sign } from 'node:crypto';
import { joseSignature } from './signature.ts';
import type { Signer } from './signers.ts';

/** What a proof is for (RFC 9449 §4.2). */
export interface ProofClaims {
  readonly method: string;
  /** Of the upstream, as `URL.origin` gives it. */
  readonly origin: string;
  /** Path and query, as they are sent. */
  readonly path: string;
  /** SHA-256 of the access token, base64url. */
  readonly accessTokenHash: string;
  /** The last one that the upstream gave, if it gives any. */
  readonly nonce: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Unguessable, and never the same twice. */
  readonly id: string;
}

/**
 * A proof that the caller has the key of an access token. Synchronous, and not by Web Crypto, which takes several times
 * as long: it is made for every call.
 */
export function dpopProof({ key, header }: Signer, claims: ProofClaims): string {
  const { method, origin, path, accessTokenHash, nonce } = claims;
  const query = path.indexOf('?');
  const payload = JSON.stringify({
    jti: claims.id,
    htm: method,
    htu: origin + (query === -1 ? path : path.slice(0, query)),
    iat: Math.floor(claims.now / 1_000),
    ath: accessTokenHash,
    nonce,
  });
  const signed = header + Buffer.from(payload).toString('base64url');
  const signature = joseSignature(sign('sha256', Buffer.from(signed), key));
  return `${signed}.${signature.toString('base64url')}`;
}
