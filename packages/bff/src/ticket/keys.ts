import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/** What a derived key is for; each purpose has keys of its own, so one sealed thing never opens as another. */
export type KeyPurpose = 'ticket' | 'here' | 'transaction' | 'logout' | 'index' | 'label' | 'limit';

/**
 * Derives one 32-byte key per root key for a purpose (HKDF-SHA256, RFC 5869). The first seals, all open.
 *
 * @param rootKeys 32 random bytes each
 */
export function deriveKeys(rootKeys: readonly Buffer[], purpose: KeyPurpose): Buffer[] {
  return rootKeys.map((root) =>
    Buffer.from(hkdfSync('sha256', root, Buffer.alloc(0), `coatcheck/v1/${purpose}`, 32)),
  );
}

/** Keyed hashes for the store's indexes: whoever holds the store alone cannot look a person up. */
export interface IndexHasher {
  /** The hash under the first key, which is what gets stored. */
  hash(issuer: string, value: string): string;
  /** The hashes under every key, for look-ups across a rotation. */
  allHashes(issuer: string, value: string): string[];
}

/** Makes the hasher of (issuer, subject) and (issuer, sid) pairs. */
export function indexHasher(rootKeys: readonly Buffer[]): IndexHasher {
  const keys: KeyObject[] = deriveKeys(rootKeys, 'index').map((key) => createSecretKey(key));
  const hashWith = (key: KeyObject, issuer: string, value: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([issuer, value]))
      .digest('base64url');
  return {
    hash: (issuer, value) => hashWith(first(keys), issuer, value),
    allHashes: (issuer, value) => keys.map((key) => hashWith(key, issuer, value)),
  };
}

function first(keys: KeyObject[]): KeyObject {
  const [key] = keys;
  if (!key) throw new RangeError('no root key');
  return key;
}
