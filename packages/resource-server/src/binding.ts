import type { IncomingMessage } from 'node:http';
import type { Scheme } from './challenges.ts';
import type { Nonces } from './dpop/nonces.ts';
import { checkProof, type ProofPolicy } from './dpop/proof.ts';
import type { ReplayStore } from './dpop/replay.ts';
import { normalUri, requestUris } from './dpop/request-uri.ts';
import { headerValues } from './headers.ts';
import { type CertificateHeader, clientCertificate } from './mtls/certificate.ts';
import type { AccessTokenClaims } from './principal.ts';
import type { ProblemCode } from './problems.ts';

/** Which bindings of tokens to keys are taken, and whether each token needs one. */
export interface BindingPolicy {
  readonly required: boolean;
  /** Undefined: tokens that are bound to a DPoP key are refused. */
  readonly dpop: DpopPolicy | undefined;
  /** Undefined: tokens that are bound to a certificate are refused. */
  readonly mtls: { readonly header: CertificateHeader | undefined } | undefined;
}

/** How DPoP proofs are checked. */
export interface DpopPolicy {
  readonly proof: ProofPolicy;
  /** Base URLs that clients call this API at. */
  readonly publicUrls: readonly string[];
  readonly replay: ReplayStore;
  readonly nonces: Nonces | undefined;
}

/** Whether the caller holds the key that its token is bound to. `nonce` is for the DPoP-Nonce header. */
export type Possession =
  | { readonly kind: 'shown'; readonly nonce?: string | undefined }
  | { readonly kind: 'refused'; readonly code: ProblemCode; readonly reason: string; readonly nonce?: string }
  | { readonly kind: 'unavailable'; readonly code: ProblemCode; readonly error: Error };

/** The parts of a request that show possession. */
export interface CallerEvidence {
  readonly scheme: Scheme;
  readonly token: string;
  readonly raw: IncomingMessage;
  /** Target of the request line, as it came. */
  readonly target: string;
}

/**
 * Checks that a token bound to a key (`cnf`) comes with proof of it: RFC 9449 §7, RFC 8705 §3. A token with several
 * confirmations needs each of them.
 *
 * @param now milliseconds since the epoch
 */
export async function checkPossession(
  claims: AccessTokenClaims,
  evidence: CallerEvidence,
  policy: BindingPolicy,
  now: number,
): Promise<Possession> {
  const refused = (reason: string): Possession => ({ kind: 'refused', code: 'invalid_token', reason });
  const { scheme } = evidence;
  const confirmation = readConfirmation(claims);
  if (confirmation === undefined) return refused('cnf holds something other than jkt and x5t#S256');
  const { jkt, thumbprint } = confirmation;

  if (scheme === 'DPoP' && jkt === undefined) return refused('sent as DPoP, but not bound to a DPoP key');
  if (scheme === 'Bearer' && jkt !== undefined) return refused('bound to a DPoP key, but sent as Bearer');
  if (policy.required && jkt === undefined && thumbprint === undefined) return refused('bound to no key');

  if (thumbprint !== undefined) {
    if (policy.mtls === undefined) return refused('bound to a certificate: set the option mtls');
    const shown = clientCertificate(evidence.raw.socket, evidence.raw.rawHeaders, policy.mtls.header);
    if (shown.kind === 'absent') return refused(`bound to a certificate, and ${shown.reason}`);
    if (shown.thumbprint !== thumbprint) return refused('bound to another certificate');
  }
  if (jkt === undefined) return { kind: 'shown' };
  if (policy.dpop === undefined) return refused('bound to a DPoP key: set the option dpop');
  return checkDpop(jkt, evidence, policy.dpop, now);
}

/** Whether two tokens are bound to the same keys, or neither to any. */
export function areBoundAlike(one: AccessTokenClaims, other: AccessTokenClaims): boolean {
  const [first, second] = [readConfirmation(one), readConfirmation(other)];
  if (first === undefined || second === undefined) return false;
  return first.jkt === second.jkt && first.thumbprint === second.thumbprint;
}

/** Undefined for a `cnf` that asks for something unknown: whoever ignores that lets a stolen token pass. */
function readConfirmation(claims: AccessTokenClaims): { jkt?: string; thumbprint?: string } | undefined {
  if (!('cnf' in claims)) return {};
  const { cnf } = claims;
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return undefined;
  const members = Object.entries(cnf);
  const found: { jkt?: string; thumbprint?: string } = {};
  for (const [name, value] of members) {
    if (typeof value !== 'string' || value === '') return undefined;
    if (name === 'jkt') found.jkt = value;
    else if (name === 'x5t#S256') found.thumbprint = value;
    else return undefined;
  }
  return members.length === 0 ? undefined : found;
}

async function checkDpop(
  thumbprint: string,
  { token, raw, target }: CallerEvidence,
  { proof: policy, publicUrls, replay, nonces }: DpopPolicy,
  now: number,
): Promise<Possession> {
  const invalid = (reason: string): Possession => ({ kind: 'refused', code: 'invalid_dpop_proof', reason });
  const [proof, ...more] = headerValues(raw.rawHeaders, 'dpop');
  if (proof === undefined) return invalid('no DPoP proof');
  if (more.length > 0) return invalid('several DPoP headers');

  const uris = requestUris(target, publicUrls, raw.socket);
  const request = { method: raw.method ?? '', uris, token, thumbprint };
  const result = await checkProof(proof, request, policy, now / 1000, normalUri);
  if (result.kind === 'invalid') return invalid(`DPoP proof: ${result.reason}`);
  if (result.kind === 'other-key') {
    return { kind: 'refused', code: 'invalid_token', reason: 'bound to another key than the DPoP proof' };
  }

  const judged = nonces?.judge(result.nonce, now);
  const nonce = judged === undefined || judged === 'fresh' ? undefined : nonces?.current(now);
  if (judged === 'unknown' && nonce !== undefined) {
    return { kind: 'refused', code: 'use_dpop_nonce', reason: 'no current nonce in the DPoP proof', nonce };
  }
  try {
    // One second more than the proof is good for.
    const isNew = await replay.claim(result.id, policy.maxAge + policy.tolerance + 1);
    return isNew ? { kind: 'shown', nonce } : invalid('DPoP proof: used before');
  } catch (cause) {
    const error = new Error('DPoP proofs cannot be checked for replay', { cause });
    return { kind: 'unavailable', code: 'replay_check_unavailable', error };
  }
}
