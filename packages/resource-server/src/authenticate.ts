import type { FastifyRequest } from 'fastify';
import { areBoundAlike, checkPossession } from './binding.ts';
import { readCredentials } from './credentials.ts';
import type { SettledOptions } from './options/settle.ts';
import { type Principal, principalFrom } from './principal.ts';
import type { ProblemCode, Refusal } from './problems.ts';
import type { Verification } from './verify.ts';

/** Who calls, or why that cannot be said. `nonce` is for the DPoP-Nonce header, `cause` for the log. */
export type Authentication =
  | { readonly kind: 'accepted'; readonly principal: Principal; readonly nonce?: string | undefined }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      readonly nonce?: string | undefined;
      readonly cause?: Cause;
    };

/** Why a token was refused, or why it could not be checked. Never holds the token. */
export type Cause =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly error: Error };

/** Validates an access token, without a look at who sent it. */
export type TokenCheck = (token: string) => Promise<Verification>;

/**
 * Finds out who sent a request: its credentials, then the token, then whether the sender holds the key that the token
 * is bound to.
 */
export async function authenticate(
  request: Pick<FastifyRequest, 'raw' | 'originalUrl'>,
  check: TokenCheck,
  settings: SettledOptions,
): Promise<Authentication> {
  const { raw, originalUrl } = request;
  const credentials = readCredentials(raw.rawHeaders, settings.offer.schemes);
  if (credentials.kind === 'none') return refuse({ code: 'token_required' });
  if (credentials.kind === 'repeated') return refuse({ code: 'invalid_request' });
  const { scheme } = credentials;
  if (credentials.kind === 'malformed') return refuse({ code: 'invalid_token', scheme });

  const { token } = credentials;
  const verified = await check(token);
  if (verified.kind === 'refused') return refuse({ code: 'invalid_token', scheme }, verified);
  if (verified.kind === 'unavailable') return unavailable(verified.code, verified.error, settings);

  const evidence = { scheme, token, raw, target: originalUrl };
  const shown = await checkPossession(verified.claims, evidence, settings.binding, settings.clock());
  if (shown.kind === 'unavailable') return unavailable(shown.code, shown.error, settings);
  if (shown.kind === 'refused') {
    return { ...refuse({ code: shown.code, scheme }, shown), nonce: shown.nonce };
  }
  const principal = principalFrom(verified.claims, scheme, settings.rolesClaim);
  return { kind: 'accepted', principal, nonce: shown.nonce };
}

/**
 * Finds out whose a token is that did not come with a request.
 *
 * @param connection who showed possession of its key when the connection began; a token bound to another key is
 *   refused, and without it any that is bound
 */
export async function authenticateToken(
  token: string,
  check: TokenCheck,
  settings: SettledOptions,
  connection: Principal | undefined,
): Promise<Authentication> {
  const verified = await check(token);
  if (verified.kind === 'refused') return refuse({ code: 'invalid_token' }, verified);
  if (verified.kind === 'unavailable') return unavailable(verified.code, verified.error, settings);
  const { claims } = verified;
  const isBound = 'cnf' in claims || settings.binding.required;
  if (isBound && !(connection && areBoundAlike(claims, connection.claims))) {
    const reason = 'bound to a key (cnf) that nobody proved to hold';
    return refuse({ code: 'invalid_token' }, { reason });
  }
  const tokenType = connection?.tokenType ?? 'Bearer';
  return { kind: 'accepted', principal: principalFrom(claims, tokenType, settings.rolesClaim) };
}

function refuse(refusal: Refusal, cause?: { readonly reason: string }): Authentication & { kind: 'refused' } {
  return { kind: 'refused', refusal, ...(cause && { cause: { kind: 'refused', reason: cause.reason } }) };
}

function unavailable(code: ProblemCode, error: Error, { retryAfter }: SettledOptions): Authentication {
  const refusal = { code, retryAfter: retryAfter[code] ?? 1 };
  return { kind: 'refused', refusal, cause: { kind: 'unavailable', error } };
}
