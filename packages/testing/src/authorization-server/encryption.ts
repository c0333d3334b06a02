import { CompactEncrypt, importJWK } from 'jose';
import { keysOfClient } from './client-keys.ts';
import type { Client, Encryption } from './settings.ts';

/**
 * Puts a signed JWT into a JWE for the client (RFC 7519 §5.2): nested, for the first key of its set that is for
 * encryption and fits.
 *
 * @throws Error when the client has no such key
 */
export async function encryptFor(client: Client, { alg, enc }: Encryption, jwt: string): Promise<string> {
  const kty = alg.startsWith('RSA') ? ['RSA'] : ['EC', 'OKP'];
  const { keys } = await keysOfClient(client);
  const jwk = keys.find(
    (key) => key.use === 'enc' && kty.includes(key.kty ?? '') && (key.alg ?? alg) === alg,
  );
  if (jwk === undefined) throw new Error(`the client has no key for ${alg}`);
  return new CompactEncrypt(Buffer.from(jwt))
    .setProtectedHeader({ alg, enc, cty: 'JWT', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
    .encrypt(await importJWK(jwk, alg));
}
