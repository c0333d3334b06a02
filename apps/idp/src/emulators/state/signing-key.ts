import { generateKeyPair, randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { RecordSet } from './records.ts';

const newKeyPair = promisify(generateKeyPair);

/** Signs ID tokens with RS256, and says by which key. */
export interface Signer {
  readonly jwks: { readonly keys: readonly JWK[] };
  sign(claims: JWTPayload): Promise<string>;
}

/** The key of an emulator, made at its first start. */
export async function loadSigner(database: DatabaseSync, now: () => number): Promise<Signer> {
  const keys = new RecordSet<JWK>(database, 'signing-key', now);
  const jwk = keys.find('current') ?? (await makeKey());
  keys.put('current', jwk);
  const { kid = '', kty = '', n = '', e = '' } = jwk;
  const key = await importJWK(jwk, 'RS256');
  return {
    jwks: { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, typ: 'JWT' }).sign(key),
  };
}

async function makeKey(): Promise<JWK> {
  const { privateKey } = await newKeyPair('rsa', { modulusLength: 2048 });
  const jwk: JWK = JSON.parse(JSON.stringify(privateKey.export({ format: 'jwk' })));
  return { ...jwk, kid: randomUUID() };
}
