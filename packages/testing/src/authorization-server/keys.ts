import { generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import type { SigningAlgorithm } from './settings.ts';

const generate = promisify(generateKeyPair);

/** A key that signs. */
export interface SigningKey {
  kid: string;
  alg: SigningAlgorithm;
  privateKey: KeyObject;
  publicKey: KeyObject;
  publicJwk: JWK;
}

/** The server's keys. */
export interface Keys {
  /** The newest key of an algorithm, made and published when first asked for. */
  current(alg: SigningAlgorithm): Promise<SigningKey>;
  /** A key of somebody else: of the same kind, never published. Always the same one per algorithm. */
  foreign(alg: SigningAlgorithm): Promise<SigningKey>;
  /** Makes a new current key. The old one stays published unless `withdraw`. */
  rotate(alg: SigningAlgorithm, options?: { withdraw?: boolean }): Promise<SigningKey>;
  /** Takes a key out of the JWKS. It can still sign, by `forge.signedBy`. */
  withdraw(kid: string): void;
  /** Every key ever made here, withdrawn ones too. */
  all(): SigningKey[];
  /** The public keys that the JWKS lists. */
  published(): JWK[];
}

/** Starts without keys. */
export function createKeys(): Keys {
  const made: SigningKey[] = [];
  const withdrawn = new Set<string>();
  const current = new Map<SigningAlgorithm, Promise<SigningKey>>();
  const foreign = new Map<SigningAlgorithm, Promise<SigningKey>>();

  const make = async (alg: SigningAlgorithm) => {
    const key = await makeSigningKey(alg);
    made.push(key);
    return key;
  };
  return {
    current: (alg) => remember(current, alg, () => make(alg)),
    foreign: (alg) => remember(foreign, alg, () => makeSigningKey(alg)),
    async rotate(alg, { withdraw = false } = {}) {
      const old = await current.get(alg);
      const fresh = make(alg);
      current.set(alg, fresh);
      await fresh;
      if (old && withdraw) withdrawn.add(old.kid);
      return fresh;
    },
    withdraw: (kid) => {
      withdrawn.add(kid);
    },
    all: () => [...made],
    published: () => made.filter((key) => !withdrawn.has(key.kid)).map((key) => key.publicJwk),
  };
}

function remember<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}

/** A fresh key pair, RSA with 2048 bits unless told otherwise. */
export async function makeSigningKey(alg: SigningAlgorithm, modulusLength = 2048): Promise<SigningKey> {
  const { privateKey, publicKey } = await makePair(alg, modulusLength);
  const kid = randomUUID();
  const publicJwk: JWK = { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' };
  return { kid, alg, privateKey, publicKey, publicJwk };
}

function makePair(alg: SigningAlgorithm, modulusLength: number) {
  if (alg === 'EdDSA') return generate('ed25519');
  if (alg === 'ES256') return generate('ec', { namedCurve: 'P-256' });
  if (alg === 'ES384') return generate('ec', { namedCurve: 'P-384' });
  if (alg === 'ES512') return generate('ec', { namedCurve: 'P-521' });
  return generate('rsa', { modulusLength });
}

/** A key that a client should skip (BFF-KEY-04), and what signs with it. */
export interface JunkKey {
  why: string;
  jwk: JWK;
  privateKey?: KeyObject;
}

/** Keys that no client may use: unknown type, for encryption, symmetric, too short, of another algorithm. */
export async function makeJunkKeys(): Promise<JunkKey[]> {
  const [forEncryption, short, mismatched] = await Promise.all([
    makeSigningKey('RS256'),
    makeSigningKey('RS256', 1024),
    makeSigningKey('ES256'),
  ]);
  return [
    { why: 'unknown kty', jwk: { kty: 'LATTICE', kid: 'junk-kty', alg: 'RS256', use: 'sig' } },
    { why: 'symmetric', jwk: { kty: 'oct', kid: 'junk-oct', k: Buffer.alloc(32, 7).toString('base64url') } },
    {
      why: 'for encryption',
      jwk: { ...forEncryption.publicJwk, kid: 'junk-enc', use: 'enc' },
      privateKey: forEncryption.privateKey,
    },
    { why: '1024 bits', jwk: { ...short.publicJwk, kid: 'junk-short' }, privateKey: short.privateKey },
    {
      why: 'algorithm of another key type',
      jwk: { ...mismatched.publicJwk, kid: 'junk-alg', alg: 'RS256' },
      privateKey: mismatched.privateKey,
    },
  ];
}
