import { compactVerify, type JWTVerifyGetKey, errors as joseErrors } from 'jose';

/** Why a signature was not found good. */
export type Verdict =
  | { readonly kind: 'invalid'; readonly detail: string }
  /** The provider's keys cannot be had: nobody can say. */
  | { readonly kind: 'unavailable'; readonly detail: string };

/** What an error of jose says of a token. */
export function verdictOf(error: unknown): Verdict {
  if (error instanceof joseErrors.JOSEError) return { kind: 'invalid', detail: error.code };
  return { kind: 'unavailable', detail: error instanceof Error ? error.message : 'unknown' };
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
