import type { webcrypto } from 'node:crypto';
import type { ClientKey } from '../options/keys/client-keys.ts';
import { ProviderFetchError } from './failure.ts';

/** A key of the client with the algorithm that is used at one provider. */
export interface SigningKey {
  readonly kid: string;
  /** As the JWS header names it. */
  readonly alg: string;
  /** For openid-client; jose takes it too. */
  readonly cryptoKey: webcrypto.CryptoKey;
}

/** WebCrypto's name for each algorithm of `options/keys/client-keys.ts`. */
const webCrypto: Readonly<Record<string, webcrypto.Algorithm & { hash?: string; namedCurve?: string }>> = {
  EdDSA: { name: 'Ed25519' },
  Ed25519: { name: 'Ed25519' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256' },
  PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};

/**
 * The key that signs in the client's name: the first with an algorithm that the other side accepts.
 *
 * @param accepted what the metadata says; undefined: it says nothing
 * @throws ProviderFetchError when none fits
 */
export function signingKey(keys: readonly ClientKey[], accepted: readonly string[] | undefined): SigningKey {
  for (const { kid, algorithms, privateKey } of keys) {
    const alg = algorithms.find((one) => accepted === undefined || accepted.includes(one));
    const algorithm = alg === undefined ? undefined : webCrypto[alg];
    if (alg === undefined || algorithm === undefined) continue;
    return { kid, alg, cryptoKey: privateKey.toCryptoKey(algorithm, false, ['sign']) };
  }
  throw new ProviderFetchError({
    kind: 'misconfigured',
    detail: `no key of clientKeys signs with what the provider accepts: ${accepted?.join(', ').slice(0, 256) ?? 'anything'}`,
  });
}
