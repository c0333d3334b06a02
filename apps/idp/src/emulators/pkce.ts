import { createHash } from 'node:crypto';

/** A code challenge (RFC 7636 §4.3). */
export interface Challenge {
  readonly method: 'S256' | 'plain';
  readonly value: string;
}

export type ReadChallenge =
  | { readonly kind: 'read'; readonly challenge: Challenge | undefined }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Reads the challenge of an authorization request. */
export function readChallenge(
  query: URLSearchParams,
  methods: readonly Challenge['method'][],
): ReadChallenge {
  const value = query.get('code_challenge');
  if (value === null) return { kind: 'read', challenge: undefined };
  const method = methods.find((name) => name === (query.get('code_challenge_method') ?? 'plain'));
  if (method === undefined) {
    return { kind: 'wrong', reason: `code_challenge_method must be ${methods.join(' or ')}` };
  }
  if (!/^[\w.~-]{43,128}$/.test(value)) return { kind: 'wrong', reason: 'code_challenge is malformed' };
  return { kind: 'read', challenge: { method, value } };
}

/** Whether a verifier is that of the challenge; where there was none, there must be none (RFC 9700 §4.8.2). */
export function verifierFits(challenge: Challenge | undefined, verifier: string | null): boolean {
  if (challenge === undefined) return verifier === null;
  if (verifier === null) return false;
  const made =
    challenge.method === 'S256' ? createHash('sha256').update(verifier).digest('base64url') : verifier;
  return made === challenge.value;
}
