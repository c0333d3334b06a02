import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** Algorithms that a client may sign with (FAPI 2.0 §5.4.1), and RS256 for providers that accept nothing better. */
export const clientKeyAlgorithms = ['EdDSA', 'ES256', 'PS256', 'RS256'] as const;

export type ClientKeyAlgorithm = (typeof clientKeyAlgorithms)[number];

/** A new private key for `clientKeys`: a JWK in one line, or PEM (PKCS#8). */
export function newClientKey(alg: ClientKeyAlgorithm, format: 'jwk' | 'pem'): string {
  const key = generate(alg);
  if (format === 'pem') return String(key.export({ type: 'pkcs8', format: 'pem' })).trim();
  const jwk = key.export({ format: 'jwk' });
  // Ed25519 goes by two names; a key that says neither is good for both.
  return JSON.stringify({ ...jwk, use: 'sig', ...(alg === 'EdDSA' ? {} : { alg }) });
}

function generate(alg: ClientKeyAlgorithm): KeyObject {
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  if (alg === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: 3_072 }).privateKey;
}
