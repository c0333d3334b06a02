import { randomBytes } from 'node:crypto';
import type { DpopPolicy } from '../binding.ts';
import { createNonces } from '../dpop/nonces.ts';
import { createReplayMemory, type ReplayStore } from '../dpop/replay.ts';
import { asymmetricAlgorithms } from './algorithms.ts';
import {
  type Check,
  isRecord,
  listOutOf,
  oneOf,
  optional,
  problemsOf,
  seconds,
  secretOrNothing,
} from './values.ts';

/** How DPoP proofs are checked (RFC 9449). Times are seconds. */
export interface DpopOptions {
  /** `required` refuses tokens that are bound to no key. Default: `allowed`. */
  mode?: 'allowed' | 'required';
  /** Signature algorithms of proofs, asymmetric ones. Default: ES256, Ed25519, EdDSA, PS256 and RS256. */
  algorithms?: readonly string[];
  /** How old a proof may be. Default: 60. */
  maxAge?: number;
  /**
   * Asks for a nonce of this server in each proof (RFC 9449 §9), so that none can be made in advance. Instances of one
   * API need the same `secret`, 32 random bytes or more; default: one of this process. `lifetime` defaults to 300.
   */
  nonce?: boolean | { secret?: Uint8Array; lifetime?: number };
  /** Where used proofs are remembered. Default: up to 200,000 in the memory of this process. */
  replay?: ReplayStore;
}

const defaultAlgorithms = ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'] as const;

const nonceChecks: Readonly<Record<string, Check>> = {
  secret: secretOrNothing,
  lifetime: seconds(10, 86_400),
};

const checks: Readonly<Record<keyof DpopOptions, Check>> = {
  mode: oneOf('allowed', 'required'),
  algorithms: listOutOf(asymmetricAlgorithms),
  maxAge: seconds(1, 600),
  nonce: optional(
    (value) => typeof value !== 'boolean' && !isRecord(value) && 'must be true or { secret?, lifetime? }',
  ),
  replay: optional(
    (value) => !(isRecord(value) && typeof value.claim === 'function') && 'must have a method claim',
  ),
};

/** What is wrong with the option `dpop`. */
export function dpopProblems(value: unknown): string[] {
  if (value === undefined || value === 'allowed' || value === 'required') return [];
  if (!isRecord(value)) return ['dpop must be allowed, required, or an object of options'];
  const { nonce } = value;
  return [
    ...problemsOf(value, checks, 'dpop.'),
    ...(isRecord(nonce) ? problemsOf(nonce, nonceChecks, 'dpop.nonce.') : []),
  ];
}

/**
 * @param tolerance seconds that a client's clock may be ahead
 * @param clock milliseconds since the epoch
 */
export function settleDpop(
  options: DpopOptions,
  publicUrls: readonly string[],
  tolerance: number,
  clock: () => number,
): DpopPolicy {
  const { algorithms = defaultAlgorithms, maxAge = 60, nonce = false, replay } = options;
  const { secret, lifetime = 300 } = typeof nonce === 'boolean' ? {} : nonce;
  return {
    proof: { algorithms, maxAge, tolerance },
    publicUrls,
    replay: replay ?? createReplayMemory(clock),
    nonces: nonce === false ? undefined : createNonces(secret ?? randomBytes(32), lifetime),
  };
}
