import { constants, createHmac, type KeyObject, sign as signBytes } from 'node:crypto';
import type { Keys, SigningKey } from './keys.ts';
import type { Client, SigningAlgorithm } from './settings.ts';

/** A token before it is signed. Everything may be changed, also into nonsense. */
export interface JwtDraft {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  /** Text that is signed in place of the claims: no JSON, an array, repeated members. */
  payload?: string;
  signature: Signature;
  /** A last change of the finished token. */
  finish?: (token: string) => string;
}

/** How a draft is signed. The header's `alg` says what the token claims; `signature` what is done. */
export type Signature =
  | { by: 'server'; alg?: SigningAlgorithm }
  | { by: 'foreign'; alg?: SigningAlgorithm }
  | { by: 'key'; alg: SigningAlgorithm; privateKey: KeyObject }
  | { by: 'hmac'; secret: 'public-key-pem' | 'public-key-jwk' | 'client-secret' | Buffer }
  | { by: 'nobody' };

/** What signing needs to know of the server. */
export interface Signer {
  keys: Keys;
  client: Client;
  /** The algorithm that is used unless a draft says otherwise. */
  alg: SigningAlgorithm;
}

/**
 * Signs a draft, right or wrong as it says. Made by hand on node:crypto, since a proper library refuses most of
 * what a test must be able to send. `alg` and `kid` are filled in where the draft has no word about them; a member
 * that is set to undefined stays out.
 */
export async function signJwt(signer: Signer, draft: JwtDraft): Promise<string> {
  const { signature } = draft;
  const alg = 'alg' in signature && signature.alg ? signature.alg : signer.alg;
  const key = await keyFor(signer, signature, alg);
  const claimedAlg = signature.by === 'hmac' ? 'HS256' : signature.by === 'nobody' ? 'none' : alg;
  const header = { alg: claimedAlg, ...(key ? { kid: key.kid } : {}), ...draft.header };

  const input = `${encode(JSON.stringify(header))}.${encode(draft.payload ?? JSON.stringify(draft.claims))}`;
  const bytes = await signatureBytes(signer, signature, alg, key, input);
  const token = `${input}.${bytes.toString('base64url')}`;
  return draft.finish ? draft.finish(token) : token;
}

async function signatureBytes(
  signer: Signer,
  signature: Signature,
  alg: SigningAlgorithm,
  key: SigningKey | undefined,
  input: string,
): Promise<Buffer> {
  if (signature.by === 'nobody') return Buffer.alloc(0);
  if (signature.by === 'key') return signWith(alg, signature.privateKey, input);
  if (signature.by === 'hmac') {
    return createHmac('sha256', await hmacSecret(signer, signature.secret))
      .update(input)
      .digest();
  }
  if (key === undefined) throw new Error(`No key to sign ${alg} with.`);
  return signWith(alg, key.privateKey, input);
}

async function keyFor(
  signer: Signer,
  signature: Signature,
  alg: SigningAlgorithm,
): Promise<SigningKey | undefined> {
  if (signature.by === 'foreign') {
    // A foreign key under the server's key id: what an attacker would send.
    const [foreign, own] = await Promise.all([signer.keys.foreign(alg), signer.keys.current(alg)]);
    return { ...foreign, kid: own.kid };
  }
  if (signature.by === 'server' || signature.by === 'hmac') return signer.keys.current(alg);
  return undefined;
}

async function hmacSecret(
  signer: Signer,
  secret: Extract<Signature, { by: 'hmac' }>['secret'],
): Promise<Buffer> {
  if (Buffer.isBuffer(secret)) return secret;
  if (secret === 'client-secret') return Buffer.from(signer.client.clientSecret);
  const { publicKey, publicJwk } = await signer.keys.current(signer.alg);
  if (secret === 'public-key-jwk') return Buffer.from(JSON.stringify(publicJwk));
  return Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }));
}

function signWith(alg: SigningAlgorithm, key: KeyObject, input: string): Buffer {
  const bytes = Buffer.from(input);
  const hash = `sha${alg.slice(2)}`;
  if (alg === 'EdDSA') return signBytes(null, bytes, key);
  // A key of the wrong type signs in its own way: the token is wrong, which is what the caller wants.
  if (key.asymmetricKeyType === 'ec') return signBytes(hash, bytes, { key, dsaEncoding: 'ieee-p1363' });
  if (!alg.startsWith('PS')) return signBytes(hash, bytes, key);
  return signBytes(hash, bytes, {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
