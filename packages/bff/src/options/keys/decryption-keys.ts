import type { KeyObject } from 'node:crypto';
import { Type } from 'typebox';
import { list } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';
import { clientKeys } from './client-keys.ts';
import { type KeyPurpose, type OwnKey, ownKeyProblems, ownKeys, privateKeySchema } from './private-key.ts';

/** The option `decryptionKeys`. */
export const decryptionKeysSchema = Type.Array(privateKeySchema, {
  description:
    'Private keys for what providers encrypt for us: PEM (PKCS#8) or JWK; P-256, X25519 or RSA. All decrypt, all are published at jwks.',
  maxItems: 16,
});

/** A private key that opens what a provider encrypted for us: ID tokens, userinfo, logout tokens. */
export type DecryptionKey = OwnKey;

const decrypting: KeyPurpose = {
  use: 'enc',
  algorithmsOf,
  wanted: 'Make one with: coatcheck keys generate --client --alg ECDH-ES.',
};

/** @param values of the right shape */
export function decryptionKeys(values: readonly unknown[] = []): DecryptionKey[] {
  return ownKeys(values, decrypting);
}

/**
 * What is wrong with the keys.
 *
 * @param values of any shape
 * @param signing the option `clientKeys`, of any shape: a key has one use (NIST SP 800-57 §5.2)
 */
export function decryptionKeyProblems(values: unknown, signing: unknown): ConfigProblem[] {
  const signers = new Set(clientKeys(list(signing)).map(({ publicJwk: { x, n } }) => x ?? n));
  const shared = decryptionKeys(list(values)).some(({ publicJwk: { x, n } }) => signers.has(x ?? n));
  return [
    ...ownKeyProblems(values, 'decryptionKeys', decrypting),
    ...(shared
      ? [{ key: 'decryptionKeys', problem: 'holds a key of clientKeys.', fix: decrypting.wanted }]
      : []),
  ];
}

/** Key management that is asymmetric and sound: no RSA1_5, whose padding is an oracle (RFC 8725 §3.2). */
function algorithmsOf(key: KeyObject): readonly string[] {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return modulusLength >= 2_048 ? ['RSA-OAEP-256', 'RSA-OAEP'] : [];
    case 'ec':
      return namedCurve === 'prime256v1' ? agreements : [];
    case 'x25519':
      return agreements;
    default:
      return [];
  }
}

const agreements = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'];
