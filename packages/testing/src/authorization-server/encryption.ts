import { CompactEncrypt, importJWK } from 'jose';
import { keysOfClient } from './client-keys.ts';
import type { Client } from './settings.ts';

/** How a JWT is encrypted for the client (RFC 7518 §4, §5). */
export interface Encryption {
  /** Key management: `RSA-OAEP-256`, `ECDH-ES+A128KW`, … */
  alg: string;
  /** Content: `A256GCM`, … */
  enc: string;
}

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
