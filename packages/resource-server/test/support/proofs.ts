import { createHash, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** A client that holds a key and proves it (RFC 9449). */
export interface KeyHolder {
  readonly thumbprint: string;
  readonly publicJwk: JWK;
  readonly privateJwk: JWK;
  /** A good proof, apart from what is given. */
  proof(request: ProofRequest, header?: Record<string, unknown>): Promise<string>;
}

/** Members of `claims` replace those that would be good; undefined ones are left out. */
export interface ProofRequest {
  readonly token: string;
  readonly uri: string;
  readonly method?: string;
  readonly claims?: Record<string, unknown>;
  /** Seconds since the epoch. */
  readonly now?: number;
}

export async function makeKeyHolder(alg = 'ES256'): Promise<KeyHolder> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return {
    thumbprint: await calculateJwkThumbprint(publicJwk),
    publicJwk,
    privateJwk: await exportJWK(privateKey),
    proof: ({ token, uri, method = 'GET', claims, now = Math.floor(Date.now() / 1000) }, header) =>
      new SignJWT({ jti: randomUUID(), htm: method, htu: uri, ath: hashOf(token), iat: now, ...claims })
        .setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: publicJwk, ...header })
        .sign(privateKey),
  };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
