import { compactDecrypt, errors as joseErrors } from 'jose';
import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import type { Verdict } from './signature.ts';

type DecryptionSettings = Pick<ProviderSettings, 'decryptionKeys' | 'contentEncryption'>;

/** Has a configuration open what is encrypted for us; the signature inside is checked as ever. */
export function openEncrypted(config: client.Configuration, settings: DecryptionSettings): void {
  const keys = settings.decryptionKeys.flatMap(({ kid, algorithms, privateKey }): client.DecryptionKey[] => {
    if (privateKey.asymmetricKeyType === 'rsa') {
      // To WebCrypto the hash belongs to the key.
      return algorithms.map((alg) => {
        const algorithm = { name: 'RSA-OAEP', hash: alg === 'RSA-OAEP-256' ? 'SHA-256' : 'SHA-1' };
        return { kid, alg, key: privateKey.toCryptoKey(algorithm, false, ['decrypt']) };
      });
    }
    const algorithm =
      privateKey.asymmetricKeyType === 'ec' ? { name: 'ECDH', namedCurve: 'P-256' } : { name: 'X25519' };
    const key = privateKey.toCryptoKey(algorithm, false, ['deriveBits']);
    return algorithms.map((alg) => ({ kid, alg, key }));
  });
  if (keys.length > 0) client.enableDecryptingResponses(config, [...settings.contentEncryption], ...keys);
}

/**
 * A token with its encryption taken off, where it has any: JWE has five parts, JWS three (RFC 7516 §3.1).
 *
 * @returns what is inside, still to be verified, or why it cannot be read
 */
export async function opened(
  token: string,
  { decryptionKeys, contentEncryption }: DecryptionSettings,
): Promise<
  { readonly ok: true; readonly token: string } | { readonly ok: false; readonly verdict: Verdict }
> {
  if (token.split('.').length !== 5) return { ok: true, token };
  try {
    const { plaintext } = await compactDecrypt(
      token,
      ({ kid, alg }) => {
        const fits = decryptionKeys.filter(
          (key) => (kid === undefined || kid === key.kid) && key.algorithms.includes(alg),
        );
        const [key, ...more] = fits;
        if (key === undefined || more.length > 0) throw new joseErrors.JWKSNoMatchingKey();
        return key.privateKey;
      },
      {
        keyManagementAlgorithms: decryptionKeys.flatMap(({ algorithms }) => algorithms),
        contentEncryptionAlgorithms: [...contentEncryption],
      },
    );
    return { ok: true, token: new TextDecoder().decode(plaintext) };
  } catch (error) {
    const code = error instanceof joseErrors.JOSEError ? error.code : 'unknown';
    return { ok: false, verdict: { kind: 'invalid', detail: `encrypted: ${code}` } };
  }
}

/** The signed JWT that was inside an encrypted answer; undefined where the answer was not encrypted. */
export function signedInside(
  result: client.TokenEndpointResponse | client.UserInfoResponse,
): string | undefined {
  const found = client.getDecryptedResponses(result);
  return typeof found === 'string' ? found : found?.id_token?.token_endpoint;
}
