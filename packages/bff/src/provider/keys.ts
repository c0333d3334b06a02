import {
  compactVerify,
  createRemoteJWKSet,
  customFetch,
  type JWTVerifyGetKey,
  errors as joseErrors,
} from 'jose';

/** Why a signature was not found good. */
export type Verdict =
  | { readonly kind: 'invalid'; readonly detail: string }
  /** The provider's keys cannot be had: nobody can say. */
  | { readonly kind: 'unavailable'; readonly detail: string };

const keysMissing = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JOSE_GENERIC']);

/** Keys of a provider, loaded when needed; unknown key ids cause at most one request per half minute. */
export function providerKeys(
  jwksUri: string,
  fetch: (url: string, signal: AbortSignal) => Promise<Response>,
): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(jwksUri), {
    cooldownDuration: 30_000,
    [customFetch]: (url, { signal }) => fetch(url, signal),
  });
}

/** What an error of jose says of a token. */
export function verdictOf(error: unknown): Verdict {
  const code = error instanceof joseErrors.JOSEError ? error.code : 'unknown';
  const kind = code === 'unknown' || keysMissing.has(code) ? 'unavailable' : 'invalid';
  return { kind, detail: code };
}

/** Checks the signature of a JWT, whose claims somebody else checks. @returns null if it is good */
export async function signatureFault(
  token: string,
  keys: JWTVerifyGetKey,
  algorithms: readonly string[],
): Promise<Verdict | null> {
  try {
    await compactVerify(token, keys, { algorithms: [...algorithms] });
    return null;
  } catch (error) {
    return verdictOf(error);
  }
}
