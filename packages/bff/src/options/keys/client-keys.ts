import type { KeyObject } from 'node:crypto';
import { Type } from 'typebox';
import { type KeyPurpose, type OwnKey, ownKeyProblems, ownKeys, privateKeySchema } from './private-key.ts';

/** The option `clientKeys`. */
export const clientKeysSchema = Type.Array(privateKeySchema, {
  description:
    'Private keys that sign for us at providers (private_key_jwt, request objects): PEM (PKCS#8) or JWK; Ed25519, P-256 or RSA. The first that a provider accepts signs, all are published at jwks.',
  maxItems: 16,
});

/** A private key that signs in the client's name: client assertions, request objects. */
export type ClientKey = OwnKey;

const signing: KeyPurpose = {
  use: 'sig',
  algorithmsOf,
  wanted: 'Make one with: coatcheck keys generate --client.',
};

/** @param values of the right shape */
export function clientKeys(values: readonly unknown[] = []): ClientKey[] {
  return ownKeys(values, signing);
}

/** What is wrong with the keys. @param values of any shape */
export function clientKeyProblems(values: unknown): ReturnType<typeof ownKeyProblems> {
  return ownKeyProblems(values, 'clientKeys', signing);
}

/**
 * What a FAPI 2.0 client may sign with (§5.4.1), and RS256 for providers that accept nothing better. Ed25519 has two
 * names (RFC 8037 §3.1, RFC 9864 §2.2), of which the older is known to more servers.
 */
function algorithmsOf(key: KeyObject): readonly string[] {
  const { namedCurve, modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return ['EdDSA', 'Ed25519'];
    case 'ec':
      return namedCurve === 'prime256v1' ? ['ES256'] : [];
    case 'rsa':
      return modulusLength >= 2_048 ? ['PS256', 'RS256'] : [];
    default:
      return [];
  }
}
