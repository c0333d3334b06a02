import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { type Answer, jsonAnswer } from '../scripting/answer.ts';
import type { Provider } from './provider.ts';
import type { RecordedRequest } from './requests.ts';

/** What a request shows of a key (RFC 9449). */
export type Proof =
  | { kind: 'none' }
  | { kind: 'proven' /** Thumbprint of the key. */; jkt: string }
  | { kind: 'refused'; answer: Answer };

/** Seconds that a proof may be old or new. */
const tolerance = 60;

/**
 * Checks the proof of a request (RFC 9449 §4.3) and the nonce in it (§8).
 *
 * @param accessToken what the request carries besides, at a resource
 */
export async function proofOf(
  provider: Provider,
  request: RecordedRequest,
  accessToken?: string,
): Promise<Proof> {
  const { settings } = provider;
  const values = request.rawHeaders.filter(
    (_, at) => at % 2 === 1 && request.rawHeaders[at - 1]?.toLowerCase() === 'dpop',
  );
  const [proof] = values;
  if (settings.dpop === 'off' || (proof === undefined && settings.dpop === 'offered'))
    return { kind: 'none' };
  if (proof === undefined || values.length > 1) return refusal('not exactly one proof');
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: new Date(provider.now() * 1000),
      requiredClaims: ['jti', 'iat', 'htm', 'htu'],
    });
    const { jti, iat = 0, htm, htu, ath, nonce } = payload;
    const origins = [new URL(provider.issuer).origin, provider.mtlsOrigin];
    if (htm !== request.method) return refusal('htm');
    if (!origins.some((origin) => htu === `${origin}${request.path}`)) return refusal('htu');
    if (Math.abs(provider.now() - iat) > tolerance) return refusal('iat');
    if (accessToken !== undefined && ath !== createHash('sha256').update(accessToken).digest('base64url'))
      return refusal('ath');
    if (settings.dpopNonce !== undefined && nonce !== settings.dpopNonce) return nonceWanted();
    if (provider.assertions.has(`dpop ${jti}`)) return refusal('jti was used before');
    provider.assertions.add(`dpop ${jti}`);
    return { kind: 'proven', jkt: await calculateJwkThumbprint(protectedHeader.jwk ?? {}) };
  } catch (error) {
    return refusal(error instanceof Error ? error.message : String(error));
  }
}

/** The nonce that goes with every answer to a client that sends proofs (§8.2). */
export function withNonce({ settings }: Provider, answer: Answer): Answer {
  const { headers = {} } = answer;
  if (settings.dpop === 'off' || settings.dpopNonce === undefined || Array.isArray(headers)) return answer;
  return { ...answer, headers: { ...headers, 'dpop-nonce': settings.dpopNonce } };
}

function refusal(description: string): Proof {
  const members = { error: 'invalid_dpop_proof', error_description: description };
  return { kind: 'refused', answer: jsonAnswer(members, 400) };
}

function nonceWanted(): Proof {
  return { kind: 'refused', answer: jsonAnswer({ error: 'use_dpop_nonce' }, 400) };
}
