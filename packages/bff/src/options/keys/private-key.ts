import { createHash, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Type } from 'typebox';
import { list, record } from '../input.ts';
import type { ConfigProblem } from '../problems.ts';

/** A key of ours as it stands in the options. */
export const privateKeySchema = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ kty: Type.String() }, { additionalProperties: true }),
]);

/** A key of ours: the private half for us, the public half for `/bff/jwks`. */
export interface OwnKey {
  /** As the JWK says, else its thumbprint (RFC 7638). */
  readonly kid: string;
  /** What it may be used with, the preferred algorithm first. */
  readonly algorithms: readonly string[];
  readonly privateKey: KeyObject;
  /** Public members alone, with `kid`, `use`, and `alg` where it is but one (RFC 7517 §4). */
  readonly publicJwk: Readonly<Record<string, string>>;
}

/** What a kind of key is for, and the algorithms by its type. */
export interface KeyPurpose {
  readonly use: 'sig' | 'enc';
  /** @returns an empty list for a key that nobody should use so */
  readonly algorithmsOf: (key: KeyObject) => readonly string[];
  /** What a person is told to bring. */
  readonly wanted: string;
}

type Read = { readonly ok: true; readonly key: OwnKey } | { readonly ok: false; readonly flaw: string };

/** Keys that were found good. */
export function ownKeys(values: readonly unknown[], purpose: KeyPurpose): OwnKey[] {
  return values.flatMap((value) => {
    const read = readKey(value, purpose);
    return read.ok ? [read.key] : [];
  });
}

/** What is wrong with keys; no part of a key is told. @param at the option that holds them */
export function ownKeyProblems(values: unknown, at: string, purpose: KeyPurpose): ConfigProblem[] {
  const seen = new Set<string>();
  return list(values).flatMap((value, index): ConfigProblem[] => {
    const key = `${at}[${index}]`;
    if (typeof value !== 'string' && typeof record(value).kty !== 'string') return [];
    const read = readKey(value, purpose);
    if (!read.ok) return [{ key, problem: read.flaw, fix: purpose.wanted }];
    const isRepeated = seen.has(read.key.kid);
    seen.add(read.key.kid);
    return isRepeated
      ? [{ key, problem: 'repeats a key, or its kid.', fix: 'Each must be its own; remove it.' }]
      : [];
  });
}

/** @param value PEM, or a JWK as text or as an object */
function readKey(value: unknown, purpose: KeyPurpose): Read {
  const jwk = typeof value === 'string' ? jwkIn(value) : record(value);
  const privateKey = jwk === null ? privateKeyFrom(String(value)) : privateKeyFrom(jwk);
  if (privateKey === null) return { ok: false, flaw: 'is no private key: PEM (PKCS#8), or a JWK.' };
  const possible = purpose.algorithmsOf(privateKey);
  if (possible.length === 0) return { ok: false, flaw: 'is a key of a kind that is not used here.' };
  const { kid, alg, use } = jwk ?? {};
  if (use !== undefined && use !== purpose.use)
    return { ok: false, flaw: `is not for "use": "${purpose.use}".` };
  const algorithms = alg === undefined ? possible : possible.filter((one) => one === alg);
  if (algorithms.length === 0) return { ok: false, flaw: 'names an alg that is not used with such a key.' };

  const { kty, crv, x, y, n, e } = createPublicKey(privateKey).export({ format: 'jwk' });
  const members = defined({ kty, crv, x, y, n, e });
  const name = typeof kid === 'string' && kid !== '' ? kid : thumbprint(members);
  const [only, ...more] = algorithms;
  const publicJwk = {
    ...members,
    kid: name,
    use: purpose.use,
    ...defined({ alg: more.length > 0 ? undefined : only }),
  };
  return { ok: true, key: { kid: name, algorithms, privateKey, publicJwk } };
}

function jwkIn(text: string): Record<string, unknown> | null {
  if (text.trimStart().startsWith('-----BEGIN')) return null;
  try {
    return record(JSON.parse(text));
  } catch {
    return {};
  }
}

function privateKeyFrom(source: string | JsonWebKey): KeyObject | null {
  try {
    return typeof source === 'string'
      ? createPrivateKey({ key: source, format: 'pem' })
      : createPrivateKey({ key: source, format: 'jwk' });
  } catch {
    return null;
  }
}

/** RFC 7638 §3: the required members in lexicographic order. `y`, `n` and `e` are only in the keys that require them. */
function thumbprint(members: Readonly<Record<string, string>>): string {
  const ordered = Object.fromEntries(Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(JSON.stringify(ordered)).digest('base64url');
}

function defined(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
