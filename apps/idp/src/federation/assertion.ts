import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { KeysUnavailable } from './keys.ts';
import { federatedSubject, type IssuerSubject } from './subject.ts';

/** Tells an assertion from everything else that a client signs: client assertions, request objects. */
export const assertionType = 'home-assertion+jwt';

/** Asymmetric only: a secret that both sides know says nothing about who signed. */
export const assertionAlgorithms = ['ES256', 'PS256', 'RS256', 'EdDSA'];

/** Seconds that an assertion may live, and that clocks may differ. */
const longestLife = 120;
const clockTolerance = 5;

/** Whom an assertion names, as its client says. */
export interface HomeAssertion {
  readonly jti: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly subject: string;
  readonly at: IssuerSubject;
  readonly authTime: number;
  readonly name: string | undefined;
  /** Verified by that provider; others are left out. */
  readonly email: string | undefined;
}

export type ReadAssertion =
  | { readonly kind: 'valid'; readonly assertion: HomeAssertion }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'keys-unavailable' };

/** By whom an assertion must be, for whom, and when it is. */
export interface Expected {
  readonly clientId: string;
  readonly issuer: string;
  readonly keys: JWTVerifyGetKey;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Verifies an assertion of a client (RFC 7523 §3): its type, its signature by a key of that client, that it is meant
 * for this server alone, and that it is short-lived. Whether it was used before is not asked here.
 */
export async function readAssertion(jwt: string, expected: Expected): Promise<ReadAssertion> {
  try {
    const { payload } = await jwtVerify(jwt, expected.keys, {
      algorithms: assertionAlgorithms,
      typ: assertionType,
      issuer: expected.clientId,
      currentDate: new Date(expected.now),
      clockTolerance,
      requiredClaims: ['exp', 'iat'],
    });
    return judge(payload, expected);
  } catch (cause) {
    if (cause instanceof KeysUnavailable) return { kind: 'keys-unavailable' };
    if (cause instanceof errors.JOSEError) return refused(cause.message);
    throw cause;
  }
}

function judge(payload: JWTPayload, { issuer, now }: Expected): ReadAssertion {
  const { aud, exp = 0, iat = 0, jti, sub } = payload;
  // One string: in a list, somebody else could be meant too.
  if (aud !== issuer) return refused('aud must be the issuer, as one string');
  if (exp - iat > longestLife) return refused(`exp must be at most ${longestLife} s after iat`);
  if (iat > now / 1000 + clockTolerance) return refused('iat is in the future');
  if (jti === undefined || jti.length < 16 || jti.length > 128) {
    return refused('jti must have 16 to 128 characters');
  }
  const at = readSubjectId(payload.sub_id);
  if (at === undefined) return refused('sub_id must have the format iss_sub, with iss a URL and sub');
  if (at.iss === issuer) return refused('users of this server are not federated');
  if (sub !== federatedSubject(at)) return refused('sub must be derived from sub_id');
  const authTime = payload.auth_time;
  if (typeof authTime !== 'number' || !(authTime > 0 && authTime <= now / 1000 + clockTolerance)) {
    return refused('auth_time must be a time, and not in the future');
  }
  const name = readText(payload.name);
  const email = payload.email_verified === true ? readText(payload.email) : undefined;
  return { kind: 'valid', assertion: { jti, exp, subject: sub, at, authTime, name, email } };
}

function readSubjectId(value: unknown): IssuerSubject | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('format' in value && value.format === 'iss_sub' && 'iss' in value && 'sub' in value))
    return undefined;
  const iss = readText(value.iss);
  const sub = readText(value.sub);
  if (iss === undefined || sub === undefined || !/^https?:$/.test(URL.parse(iss)?.protocol ?? '')) {
    return undefined;
  }
  return { iss, sub };
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 255 ? value : undefined;
}

function refused(reason: string): ReadAssertion {
  return { kind: 'refused', reason };
}
