import { hash } from 'node:crypto';
import type { HexIds } from '../../observe/trace-ids.ts';
import type { DpopKey } from '../../session/dpop-key.ts';
import type { AccessToken } from '../../session/record.ts';
import type { Session } from '../../session/session.ts';
import { asksForNonce } from '../challenges.ts';
import { createNonces } from './nonces.ts';
import { dpopProof } from './proof.ts';
import { createSigners } from './signers.ts';

/** A call that carries a proof, and to whom. */
export interface ProvenCall {
  readonly key: DpopKey;
  /** Of the upstream. */
  readonly origin: string;
}

/** Proofs for resource servers (RFC 9449 §7). */
export interface Proofs {
  /** For one request, however often its call is sent. */
  make(call: ProvenCall, method: string, path: string, token: AccessToken): string;
  /**
   * Takes in what an answer says of proofs.
   *
   * @param rawHeaders names and values in turn
   * @returns whether it asks for another proof, with a nonce that is known now
   */
  heed(call: ProvenCall, status: number, rawHeaders: readonly string[]): boolean;
}

/** @param now milliseconds since the epoch */
export function createProofs(now: () => number, hexIds: HexIds): Proofs {
  const signerOf = createSigners();
  const nonces = createNonces();
  const hashOf = createTokenHashes();
  return {
    make({ key, origin }, method, path, token) {
      const nonce = nonces.of(key, origin);
      const accessTokenHash = hashOf(token);
      const claims = { method, origin, path, accessTokenHash, nonce, now: now(), id: hexIds(16) };
      return dpopProof(signerOf(key), claims);
    },
    heed({ key, origin }, status, rawHeaders) {
      const isKnown = nonces.learn(key, origin, rawHeaders);
      return isKnown && status === 401 && asksForNonce(rawHeaders);
    },
  };
}

/** Hashes a token once; what was made lives as long as the opened session that holds the token. */
function createTokenHashes(): (token: AccessToken) => string {
  const made = new WeakMap<AccessToken, string>();
  return (token) => {
    const known = made.get(token);
    if (known !== undefined) return known;
    const hashed = hash('sha256', token.value, 'base64url');
    made.set(token, hashed);
    return hashed;
  };
}

/** The key that an access token is bound to; undefined for a bearer token, and where the session does not have it. */
export function keyOf(
  token: AccessToken | undefined,
  session: Session | undefined,
  provider: string,
): DpopKey | undefined {
  return token?.type === 'DPoP' ? session?.record.grants[provider]?.dpopKey : undefined;
}
