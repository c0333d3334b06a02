import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { DpopKey } from '../../session/dpop-key.ts';

/** A key that is ready to sign. */
export interface Signer {
  readonly key: KeyObject;
  /** The header of its proofs as it stands in them: base64url, with the dot after it. */
  readonly header: string;
}

/** Makes a key ready once; what was made lives as long as the opened session that holds the key. */
export function createSigners(): (key: DpopKey) => Signer {
  const made = new WeakMap<DpopKey, Signer>();
  return (jwk) => {
    const known = made.get(jwk);
    if (known) return known;
    const { kty, crv, x, y } = jwk;
    const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } };
    const signer = {
      key: createPrivateKey({ key: jwk, format: 'jwk' }),
      header: `${Buffer.from(JSON.stringify(header)).toString('base64url')}.`,
    };
    made.set(jwk, signer);
    return signer;
  };
}
