import { errors, type JWTVerifyGetKey } from 'jose';
import { processIntrospectionResponse } from 'oauth4webapi';
import { KeysUnavailable } from '../keys.ts';
import { verifyWithAnyOf } from '../verify.ts';
import type { IntrospectionAnswer } from './request.ts';

/** Whose answers are believed. */
export interface AnswerPolicy {
  readonly issuer: string;
  readonly clientId: string;
  /** Names of this API. */
  readonly audience: readonly string[];
  /** Refuses answers that are not signed. */
  readonly signedResponses: boolean;
  /** Signature algorithms of signed ones. */
  readonly algorithms: readonly string[];
  /** Seconds. */
  readonly tolerance: number;
}

/** What the authorization server says of a token. */
export type Introspected =
  | { readonly kind: 'active'; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly kind: 'inactive' }
  /** The answer cannot be trusted. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unavailable'; readonly error: Error };

/**
 * Reads an answer of the introspection endpoint, plain (RFC 7662 §2.2) or signed (RFC 9701 §5).
 *
 * @param keys finds the issuer's key for a signed answer
 * @param now milliseconds since the epoch
 */
export async function readIntrospection(
  answer: IntrospectionAnswer,
  policy: AnswerPolicy,
  keys: JWTVerifyGetKey,
  now: number,
): Promise<Introspected> {
  const type = answer.contentType?.split(';', 1)[0]?.trim().toLowerCase();
  const isSigned = answer.status === 200 && type === 'application/token-introspection+jwt';
  if (isSigned) return readSigned(answer.text, policy, keys, now);
  try {
    const { status, text } = answer;
    if (status === 200 && type !== 'application/json') throw new Error(`its content type is ${type}`);
    const headers = { 'content-type': 'application/json' };
    const { issuer, clientId } = policy;
    const body = await processIntrospectionResponse(
      { issuer },
      { client_id: clientId },
      new Response(text, { status, headers }),
    );
    if (policy.signedResponses)
      return { kind: 'refused', reason: 'the introspection response is not signed' };
    return body.active ? { kind: 'active', claims: body } : { kind: 'inactive' };
  } catch (cause) {
    const error = new Error(`the introspection endpoint answered with status ${answer.status}`, { cause });
    return { kind: 'unavailable', error };
  }
}

async function readSigned(
  text: string,
  policy: AnswerPolicy,
  keys: JWTVerifyGetKey,
  now: number,
): Promise<Introspected> {
  const refused = (reason: string): Introspected => ({
    kind: 'refused',
    reason: `introspection response: ${reason}`,
  });
  try {
    const { payload } = await verifyWithAnyOf(text, keys, {
      algorithms: [...policy.algorithms],
      typ: 'token-introspection+jwt',
      issuer: policy.issuer,
      // RFC 9701 §5: whom it is for, this API, which the server may know by either name.
      audience: [policy.clientId, ...policy.audience],
      requiredClaims: ['iat'],
      currentDate: new Date(now),
      clockTolerance: policy.tolerance,
    });
    const claims = payload.token_introspection;
    if (!isRecord(claims) || typeof claims.active !== 'boolean') return refused('it says nothing of a token');
    return claims.active ? { kind: 'active', claims } : { kind: 'inactive' };
  } catch (error) {
    if (error instanceof KeysUnavailable) return { kind: 'unavailable', error };
    if (error instanceof errors.JOSEError) return refused(error.message);
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
