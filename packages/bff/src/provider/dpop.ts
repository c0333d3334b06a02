import { LRUCache } from 'lru-cache';
import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import type { DpopKey } from '../session/dpop-key.ts';
import type { Outcome } from './failure.ts';

/** The one algorithm of our keys. */
const algorithm = 'ES256';

/** Keys whose nonces are remembered; one that is forgotten costs a challenge. */
const mostKept = 1_000;

/** A key, and how openid-client shows that we have it. */
export interface DpopProof {
  readonly key: DpopKey;
  readonly handle: client.DPoPHandle;
}

/** Proofs for the authorization server (RFC 9449 §5, §8). */
export interface DpopProofs {
  /** For tokens that are bound to a key already, or not: null. */
  of(config: client.Configuration, key: DpopKey | undefined): Promise<DpopProof | null>;
  /** For a sign-in: whether its tokens will be bound is what the option and the metadata say. */
  ofSignIn(config: client.Configuration, key: DpopKey | null): Promise<Outcome<DpopProof | null>>;
}

/** Keeps a proof for each key, with the nonces that the server gave it: they are used until they are replaced. */
export function createDpopProofs(settings: ProviderSettings): DpopProofs {
  const kept = new LRUCache<string, DpopProof>({ max: mostKept });

  async function proofOf(config: client.Configuration, key: DpopKey): Promise<DpopProof> {
    const known = kept.get(key.x);
    if (known) return known;
    const proof = { key, handle: client.getDPoPHandle(config, await keyPair(key)) };
    kept.set(key.x, proof);
    return proof;
  }

  return {
    of: async (config, key) => (key === undefined ? null : proofOf(config, key)),
    async ofSignIn(config, key) {
      if (settings.dpop === 'never' || key === null) return { ok: true, value: null };
      const { dpop_signing_alg_values_supported: offered = [] } = config.serverMetadata();
      if (offered.includes(algorithm)) return { ok: true, value: await proofOf(config, key) };
      if (settings.dpop === 'when-offered') return { ok: true, value: null };
      const detail = `DPoP is required, but the provider does not offer it with ${algorithm}`;
      return { ok: false, failure: { kind: 'misconfigured', detail } };
    },
  };
}

async function keyPair(key: DpopKey): Promise<client.CryptoKeyPair> {
  const { kty, crv, x, y } = key;
  const curve = { name: 'ECDSA', namedCurve: 'P-256' };
  const [privateKey, publicKey] = await Promise.all([
    crypto.subtle.importKey('jwk', key, curve, false, ['sign']),
    crypto.subtle.importKey('jwk', { kty, crv, x, y }, curve, true, ['verify']),
  ]);
  return { privateKey, publicKey };
}
