import { compactVerify, decodeJwt, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose';
import { parsed, recordOf } from '../diagnostics/read.ts';

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
 */
export async function inspect(token: string, expected: Expectations, now: number): Promise<Inspection> {
  let header: Record<string, unknown>;
  let payload: Record<string, unknown>;
  try {
    header = { ...decodeProtectedHeader(token) };
    payload = { ...decodeJwt(token) };
  } catch (error) {
    const parts = token.split('.').length;
    const reason =
      parts === 5
        ? 'It has five parts: it is encrypted (JWE), and only its reader can look inside.'
        : `A JWT is three parts between two dots, and this has ${parts}. ${error instanceof Error ? error.message : ''}`;
    return { kind: 'not-a-jwt', reason };
  }
  const checks = [
    algorithmCheck(header, expected),
    await signatureCheck(token, header, expected),
    ...timeChecks(payload, now),
    nameCheck('iss', 'Issuer', payload.iss, expected.issuer),
    nameCheck('aud', 'Audience', payload.aud, expected.audience),
  ];
  return { kind: 'jwt', header, payload, checks };
}

function algorithmCheck({ alg }: Record<string, unknown>, { algorithm }: Expectations): Check {
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none') {
    return { outcome: 'bad', text: 'alg is none: nobody signed it. Anybody could have written it.' };
  }
  return alg === algorithm
    ? { outcome: 'good', text: `alg is ${alg}, as expected. ${kindOf(alg)}` }
    : { outcome: 'bad', text: `alg is ${alg}, but only ${algorithm} is accepted here.` };
}

function kindOf(algorithm: string): string {
  return algorithm.startsWith('HS')
    ? 'One shared secret signs and verifies: whoever can check it can also make one.'
    : 'A private key signs, a public key verifies: whoever checks it cannot make one.';
}

async function signatureCheck(
  token: string,
  { alg }: Record<string, unknown>,
  { algorithm, key }: Expectations,
): Promise<Check> {
  if (typeof alg !== 'string' || alg.toLowerCase() === 'none') {
    return { outcome: 'bad', text: 'There is no signature to check.' };
  }
  if (alg !== algorithm) return { outcome: 'bad', text: 'The signature is not looked at: wrong algorithm.' };
  if (key.trim() === '') return { outcome: 'open', text: 'The signature cannot be checked without a key.' };
  try {
    await compactVerify(token, await keyFrom(key, algorithm), { algorithms: [algorithm] });
    return { outcome: 'good', text: 'The signature is good: the key’s owner signed exactly this.' };
  } catch (error) {
    const isWrong = error instanceof errors.JWSSignatureVerificationFailed;
    return {
      outcome: 'bad',
      text: isWrong
        ? 'The signature is wrong: something was changed, or another key signed it.'
        : `The key cannot be used: ${error instanceof Error ? error.message : 'unknown reason'}`,
    };
  }
}

async function keyFrom(text: string, algorithm: string): Promise<CryptoKey | Uint8Array> {
  if (algorithm.startsWith('HS')) return new TextEncoder().encode(text);
  const { kty, ...rest } = recordOf(parsed(text));
  if (typeof kty !== 'string') throw new TypeError('a public key is a JSON object with a member kty (JWK)');
  const jwk: JWK = { ...rest, kty };
  return importJWK(jwk, algorithm);
}

function timeChecks({ exp, nbf }: Record<string, unknown>, now: number): Check[] {
  const seconds = Math.floor(now / 1_000);
  const checks: Check[] = [];
  if (typeof exp !== 'number')
    checks.push({ outcome: 'bad', text: 'It has no exp: it would be good for ever.' });
  else if (exp <= seconds) checks.push({ outcome: 'bad', text: `It expired ${seconds - exp} seconds ago.` });
  else checks.push({ outcome: 'good', text: `It is good for another ${exp - seconds} seconds.` });
  if (typeof nbf === 'number' && nbf > seconds) {
    checks.push({ outcome: 'bad', text: `It is not good yet, for another ${nbf - seconds} seconds.` });
  }
  return checks;
}

function nameCheck(claim: string, name: string, value: unknown, expected: string): Check {
  const values = [value].flat();
  if (expected === '') return { outcome: 'open', text: `${name} (${claim}): nothing to hold it against.` };
  return values.includes(expected)
    ? { outcome: 'good', text: `${name} (${claim}) is ${expected}.` }
    : {
        outcome: 'bad',
        text: `${name} (${claim}) is ${JSON.stringify(value) ?? 'missing'}, not ${expected}.`,
      };
}
