import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/**
 * What a client may sign with (FAPI 2.0 §5.4.1), RS256 for providers that accept nothing better, and what may be
 * encrypted for it.
 */
export const clientKeyAlgorithms = ['EdDSA', 'ES256', 'PS256', 'RS256', 'ECDH-ES', 'RSA-OAEP-256'] as const;

export type ClientKeyAlgorithm = (typeof clientKeyAlgorithms)[number];

/** A new private key for `clientKeys`, or `decryptionKeys`: a JWK in one line, or PEM (PKCS#8). */
export function newClientKey(alg: ClientKeyAlgorithm, format: 'jwk' | 'pem'): string {
  const key = generate(alg);
  if (format === 'pem') return String(key.export({ type: 'pkcs8', format: 'pem' })).trim();
  const jwk = key.export({ format: 'jwk' });
  const use = alg === 'ECDH-ES' || alg === 'RSA-OAEP-256' ? 'enc' : 'sig';
  // Ed25519 goes by two names, and a key agreement comes with several wraps: a key that names none is good for all.
  return JSON.stringify({ ...jwk, use, ...(alg === 'EdDSA' || alg === 'ECDH-ES' ? {} : { alg }) });
}

function generate(alg: ClientKeyAlgorithm): KeyObject {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  if (alg === 'ES256' || alg === 'ECDH-ES')
    return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: 3_072 }).privateKey;
}
