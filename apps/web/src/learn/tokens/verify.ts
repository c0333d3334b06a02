import { compactVerify, decodeJwt, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose';
import { parsed, recordOf } from '../diagnostics/read.ts';
import type { TokenWords } from './words/english.tsx';

/** What the verifier holds a token against. Only the verifier says so, never the token. */
export interface Expectations {
  /** `HS256`, `RS256`, `ES256` or `EdDSA`. */
  readonly algorithm: string;
  /** A public key as JWK, or the text of a shared secret; empty where there is none. */
  readonly key: string;
  readonly issuer: string;
  readonly audience: string;
}

export interface Check {
  readonly outcome: 'good' | 'bad' | 'open';
  readonly text: string;
}

type Words = TokenWords['checks'];

/** What is in a token, and what came of each check. */
export type Inspection =
  | { readonly kind: 'not-a-jwt'; readonly reason: string }
  | {
      readonly kind: 'jwt';
      readonly header: Record<string, unknown>;
      readonly payload: Record<string, unknown>;
      readonly checks: readonly Check[];
    };

/**
 * Decodes and verifies a JWT in this browser.
 *
 * @param now milliseconds since the epoch
 * @param words what each check says
 */
export async function inspect(
  token: string,
  expected: Expectations,
  now: number,
  words: Words,
): Promise<Inspection> {
  let header: Record<string, unknown>;
  let payload: Record<string, unknown>;
  try {
    header = { ...decodeProtectedHeader(token) };
    payload = { ...decodeJwt(token) };
  } catch (error) {
    const parts = token.split('.').length;
    const reason =
      parts === 5 ? words.encrypted : words.otherParts(parts, error instanceof Error ? error.message : '');
    return { kind: 'not-a-jwt', reason };
  }
  const checks = [
    algorithmCheck(header, expected, words),
    await signatureCheck(token, header, expected, words),
    ...timeChecks(payload, now, words),
    nameCheck(words.issuer, payload.iss, expected.issuer, words),
    nameCheck(words.audience, payload.aud, expected.audience, words),
  ];
  return { kind: 'jwt', header, payload, checks };
}

function algorithmCheck({ alg }: Record<string, unknown>, { algorithm }: Expectations, words: Words): Check {
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none') {
    return { outcome: 'bad', text: words.unsigned };
  }
  return alg === algorithm
    ? { outcome: 'good', text: words.algorithm(alg, kindOf(alg, words)) }
    : { outcome: 'bad', text: words.otherAlgorithm(alg, algorithm) };
}

function kindOf(algorithm: string, words: Words): string {
  return algorithm.startsWith('HS') ? words.sharedSecret : words.keyPair;
}

async function signatureCheck(
  token: string,
  { alg }: Record<string, unknown>,
  { algorithm, key }: Expectations,
  words: Words,
): Promise<Check> {
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none') {
    return { outcome: 'bad', text: words.noSignature };
  }
  if (alg !== algorithm) return { outcome: 'bad', text: words.signatureNotLookedAt };
  if (key.trim() === '') return { outcome: 'open', text: words.noKey };
  try {
    await compactVerify(token, await keyFrom(key, algorithm, words), { algorithms: [algorithm] });
    return { outcome: 'good', text: words.signature };
  } catch (error) {
    const isWrong = error instanceof errors.JWSSignatureVerificationFailed;
    return {
      outcome: 'bad',
      text: isWrong
        ? words.otherSignature
        : words.badKey(error instanceof Error ? error.message : words.unknownReason),
    };
  }
}

async function keyFrom(text: string, algorithm: string, words: Words): Promise<CryptoKey | Uint8Array> {
  if (algorithm.startsWith('HS')) return new TextEncoder().encode(text);
  const { kty, ...rest } = recordOf(parsed(text));
  if (typeof kty !== 'string') throw new TypeError(words.keyForm);
  const jwk: JWK = { ...rest, kty };
  return importJWK(jwk, algorithm);
}

function timeChecks({ exp, nbf }: Record<string, unknown>, now: number, words: Words): Check[] {
  const seconds = Math.floor(now / 1_000);
  const checks: Check[] = [];
  if (typeof exp !== 'number') checks.push({ outcome: 'bad', text: words.endless });
  else if (exp <= seconds) checks.push({ outcome: 'bad', text: words.expired(seconds - exp) });
  else checks.push({ outcome: 'good', text: words.current(exp - seconds) });
  if (typeof nbf === 'number' && nbf > seconds) {
    checks.push({ outcome: 'bad', text: words.early(nbf - seconds) });
  }
  return checks;
}

function nameCheck(name: string, value: unknown, expected: string, words: Words): Check {
  const values = [value].flat();
  if (expected === '') return { outcome: 'open', text: words.notCompared(name) };
  return values.includes(expected)
    ? { outcome: 'good', text: words.same(name, expected) }
    : {
        outcome: 'bad',
        text: words.other(name, value === undefined ? null : JSON.stringify(value), expected),
      };
}
