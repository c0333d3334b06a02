import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'oidc-provider';

/** A new private key for one algorithm. */
export async function signingKey(alg: string, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kty: jwk.kty ?? '', alg, use: 'sig', kid };
}
