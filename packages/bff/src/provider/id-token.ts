/** What was asked for, and so must be found in the ID token. */
export interface IdTokenExpectations {
  readonly clientId: string;
  /** Seconds; null where no `max_age` was sent. */
  readonly maxAge: number | null;
  /** Acceptable `acr` values; empty where none were asked for. */
  readonly acrValues: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How far the provider's clock may be off. Seconds. */
  readonly tolerance: number;
}

/**
 * What openid-client leaves open in any ID token whose signature, `iss` and `exp` are checked: whether it is one, and
 * for this client alone (OpenID Connect Core §2, §3.1.3.7, RFC 8725 §3.11).
 *
 * @returns null, or what is wrong
 */
export function idTokenKindFault(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  clientId: string,
): string | null {
  const type = header.typ;
  if (type !== undefined && (typeof type !== 'string' || !/^(application\/)?jwt$/i.test(type)))
    return 'typ is not JWT';
  if (header.crit !== undefined) return 'crit names an extension';
  const audiences = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (audiences.some((audience) => audience !== clientId)) return 'aud has another audience';
  if (claims.azp !== undefined && claims.azp !== clientId) return 'azp is another client';
  // OpenID Connect Core §2: at most 255 ASCII characters.
  if (typeof claims.sub !== 'string' || !/^[\x20-\x7e]{1,255}$/.test(claims.sub))
    return 'sub is not 1 to 255 ASCII characters';
  return null;
}

/**
 * What openid-client leaves open in the ID token of a sign-in, whose signature, `iss`, `aud`, `exp`, `iat` and `nonce`
 * it has checked (OpenID Connect Core §3.1.3.7).
 *
 * @returns null, or what is wrong; `step_up` where the sign-in was too weak or too old
 */
export function idTokenFault(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  expected: IdTokenExpectations,
): { readonly kind: 'invalid' | 'step_up'; readonly detail: string } | null {
  const { tolerance } = expected;
  const invalid = (detail: string) => ({ kind: 'invalid', detail }) as const;
  const wrongKind = idTokenKindFault(header, claims, expected.clientId);
  if (wrongKind !== null) return invalid(wrongKind);
  const { auth_time: authTime, acr } = claims;
  const seconds = expected.now / 1_000;
  if (typeof claims.iat !== 'number') return invalid('iat is no number');
  if (claims.iat > seconds + tolerance) return invalid(clockSkew('iat', claims.iat - seconds));
  if (expected.maxAge !== null) {
    if (typeof authTime !== 'number') return { kind: 'step_up', detail: 'auth_time is missing' };
    if (authTime + expected.maxAge + tolerance < seconds)
      return { kind: 'step_up', detail: 'auth_time is too old' };
  }
  if (expected.acrValues.length > 0 && !(typeof acr === 'string' && expected.acrValues.includes(acr))) {
    return { kind: 'step_up', detail: 'acr is not one of those asked for' };
  }
  return null;
}

/**
 * What the log says where an ID token is of another time.
 *
 * @param claim which one says so
 * @param ahead how far it is ahead of our clock, in seconds; negative: behind
 */
export function clockSkew(claim: string, ahead: number): string {
  const distance = `${Math.abs(Math.round(ahead))} s ${ahead < 0 ? 'ago' : 'ahead'}`;
  return `clock_skew: ${claim} is ${distance} by our clock; see that both servers' clocks are right`;
}

/** The header of a JWT in compact form whose signature was checked; empty if it has none. */
export function jwtHeader(token: string): Record<string, unknown> {
  const value: unknown = JSON.parse(
    Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString('utf8') || '{}',
  );
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
