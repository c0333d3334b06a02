import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';

/** More keys than any provider has; the rest is not looked at. */
const mostKeys = 256;
/** RFC 7518 §3.3. Bits. */
const leastModulus = 2_048;

const typeOf: readonly [RegExp, (key: JWK) => boolean][] = [
  [/^(?:RS|PS)(?:256|384|512)$/, ({ kty }) => kty === 'RSA'],
  [/^ES256$/, ({ kty, crv }) => kty === 'EC' && crv === 'P-256'],
  [/^ES384$/, ({ kty, crv }) => kty === 'EC' && crv === 'P-384'],
  [/^ES512$/, ({ kty, crv }) => kty === 'EC' && crv === 'P-521'],
  [/^(?:EdDSA|Ed25519)$/, ({ kty, crv }) => kty === 'OKP' && crv === 'Ed25519'],
];

/**
 * The keys of a key set that can verify a signature (RFC 7517 §4, §5). The others are passed over: symmetric, for
 * encryption, of an unknown type, too short, of another type than their algorithm, private, damaged.
 *
 * @returns null if it is no key set
 */
export function usableKeys(keySet: unknown): readonly JWK[] | null {
  const keys = typeof keySet === 'object' && keySet !== null && 'keys' in keySet ? keySet.keys : undefined;
  if (!Array.isArray(keys)) return null;
  return keys.slice(0, mostKeys).filter(isUsable);
}

function isUsable(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null) return false;
  const { kty, use, alg, kid, key_ops: operations, d }: JWK = { ...key };
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') return false;
  if (use !== undefined && use !== 'sig') return false;
  if (kid !== undefined && typeof kid !== 'string') return false;
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return false;
  // A private key that everybody can read proves nothing.
  if (d !== undefined) return false;
  const type = typeOf.find(([name]) => typeof alg === 'string' && name.test(alg));
  if (alg !== undefined && type?.[1]({ ...key }) !== true) return false;
  return isWellMade(key);
}

function isWellMade(key: object): boolean {
  try {
    const { asymmetricKeyDetails } = createPublicKey({ key: { ...key }, format: 'jwk' });
    const bits = asymmetricKeyDetails?.modulusLength;
    return bits === undefined || bits >= leastModulus;
  } catch {
    return false;
  }
}
