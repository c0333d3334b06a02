import { type JWTVerifyGetKey, errors as joseErrors, jwtVerify } from 'jose';
import { verdictOf } from './signature.ts';

/** Whose session ends. `sid` names one session, `sub` alone all of a person's. */
export interface LogoutTokenSubject {
  readonly issuer: string;
  readonly sid: string | null;
  readonly sub: string | null;
  readonly jti: string;
  /** Milliseconds since the epoch; after it the token is no good, so nobody need remember its `jti`. */
  readonly expiresAt: number;
}

/** What a logout token is checked against. */
export interface LogoutTokenChecks {
  /** The issuer under which sessions know this one; undefined where it is not the provider's. */
  readonly issuerOf: (iss: unknown) => string | undefined;
  readonly clientId: string;
  readonly algorithms: readonly string[];
  readonly keys: JWTVerifyGetKey;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How far the provider's clock may be off. Seconds. */
  readonly tolerance: number;
  /** Without it a token counts until it is too old by its `iat`. */
  readonly expRequired: boolean;
}

export type LogoutTokenResult =
  | { readonly kind: 'valid'; readonly subject: LogoutTokenSubject }
  | { readonly kind: 'invalid'; readonly detail: string }
  /** The provider's keys cannot be had: nobody can say. */
  | { readonly kind: 'unavailable'; readonly detail: string };

const event = 'http://schemas.openid.net/event/backchannel-logout';
/** A token issued longer ago was held back by somebody. Seconds. */
const oldest = 300;

/** Drafts of the standard up to 06 had none, and some servers are of that time. */
const withoutExp =
  'exp is missing, which OpenID Connect Back-Channel Logout 1.0 §2.4 requires: update the authorization server, or ' +
  'take its tokens as they are by logout.acceptTokensWithoutExp: true';

/** Checks a logout token to the letter (OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6). */
export async function readLogoutToken(token: string, checks: LogoutTokenChecks): Promise<LogoutTokenResult> {
  let verified: Awaited<ReturnType<typeof jwtVerify>>;
  try {
    verified = await jwtVerify(token, checks.keys, {
      audience: checks.clientId,
      algorithms: [...checks.algorithms],
      clockTolerance: checks.tolerance,
      currentDate: new Date(checks.now),
      requiredClaims: ['iss', 'iat', 'jti', 'events', ...(checks.expRequired ? ['exp'] : [])],
    });
  } catch (error) {
    return lacksExp(error) ? { kind: 'invalid', detail: withoutExp } : verdictOf(error);
  }
  const { typ } = verified.protectedHeader;
  const { iss, iat, exp, jti, events, nonce, sub, sid, aud } = verified.payload;
  const invalid = (detail: string) => ({ kind: 'invalid', detail }) as const;
  const issuer = checks.issuerOf(iss);
  if (issuer === undefined) return invalid('iss is not of this provider');
  if (typ !== undefined && !/^(application\/)?(logout\+jwt|jwt)$/i.test(typ)) return invalid('typ');
  if (typeof iat !== 'number' || iat > checks.now / 1_000 + checks.tolerance)
    return invalid('iat is in the future');
  if (iat < checks.now / 1_000 - oldest) return invalid('iat is too old');
  if ([aud].flat().some((audience) => audience !== checks.clientId))
    return invalid('aud has another audience');
  if (typeof jti !== 'string' || jti === '' || jti.length > 255) return invalid('jti');
  if (typeof events !== 'object' || events === null || !hasEvent(events)) return invalid('events');
  if (nonce !== undefined) return invalid('nonce');
  if (sid !== undefined && (typeof sid !== 'string' || sid === '')) return invalid('sid');
  if (sub !== undefined && (typeof sub !== 'string' || sub === '')) return invalid('sub');
  if (sid === undefined && sub === undefined) return invalid('neither sub nor sid');
  return {
    kind: 'valid',
    subject: {
      issuer,
      sid: typeof sid === 'string' ? sid : null,
      sub: sub ?? null,
      jti,
      expiresAt: ((exp ?? iat + oldest) + checks.tolerance) * 1_000,
    },
  };
}

function lacksExp(error: unknown): boolean {
  return (
    error instanceof joseErrors.JWTClaimValidationFailed &&
    error.claim === 'exp' &&
    error.reason === 'missing'
  );
}

function hasEvent(events: object): boolean {
  const value: unknown = Object.hasOwn(events, event)
    ? Object.getOwnPropertyDescriptor(events, event)?.value
    : undefined;
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
