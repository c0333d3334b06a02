import * as client from 'openid-client';
import { clockSkew } from './id-token.ts';

/** Why a provider did not do what it was asked. `detail` is for the log: no body, token or parameter is in it. */
export type ProviderFailure =
  /** It answered with an OAuth error (RFC 6749 §4.1.2.1, §5.2). */
  | { readonly kind: 'oauth_error'; readonly error: string; readonly detail: string }
  /** No answer, 5xx or 429. `answerLost`: the request may have been carried out all the same. */
  | {
      readonly kind: 'unavailable';
      readonly answerLost: boolean;
      readonly retryAfter?: number;
      readonly detail: string;
    }
  /** An answer that cannot be used. */
  | { readonly kind: 'invalid_response'; readonly detail: string }
  /** An ID token that fails a check. */
  | { readonly kind: 'invalid_id_token'; readonly detail: string }
  /** It is who they say, but nobody who may come in. */
  | { readonly kind: 'not_allowed'; readonly detail: string }
  /** The provider's `iss` is not the one expected (RFC 9207 §2.4). */
  | { readonly kind: 'issuer_mismatch'; readonly detail: string }
  /** Its metadata and our configuration contradict each other. */
  | { readonly kind: 'misconfigured'; readonly detail: string };

/** A value, or why there is none. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: ProviderFailure };

/** Thrown inside the fetch handed to openid-client, and found again in what openid-client throws. */
export class ProviderFetchError extends Error {
  readonly failure: ProviderFailure;

  constructor(failure: ProviderFailure, options?: ErrorOptions) {
    super(failure.detail, options);
    this.name = 'ProviderFetchError';
    this.failure = failure;
  }
}

/** Of openid-client: `exp` is over, or `nbf` has not come. */
const otherTime = 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED';
const idTokenCodes = new Set([
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  otherTime,
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_DECRYPTION_FAILED',
]);

/** What an error thrown by openid-client means. */
export function failureOf(error: unknown): ProviderFailure {
  const thrown = causes(error).find((one) => one instanceof ProviderFetchError);
  if (thrown) return thrown.failure;
  if (error instanceof client.ResponseBodyError) {
    const detail = `${printable(error.error)} (${error.status})`;
    if (error.status === 429 || error.status >= 500) {
      return { kind: 'unavailable', answerLost: false, detail, ...retryAfterOf(error.response) };
    }
    return { kind: 'oauth_error', error: error.error, detail };
  }
  if (error instanceof client.AuthorizationResponseError) {
    return { kind: 'oauth_error', error: error.error, detail: printable(error.error) };
  }
  if (error instanceof client.WWWAuthenticateChallengeError) {
    return {
      kind: 'oauth_error',
      error: error.cause[0]?.parameters.error ?? 'unauthorized',
      detail: `challenge (${error.status})`,
    };
  }
  if (error instanceof client.ClientError) return clientFailure(error);
  return { kind: 'unavailable', answerLost: true, detail: `unexpected${describeCauses(error)}` };
}

function clientFailure(error: client.ClientError): ProviderFailure {
  const detail = `${error.code ?? 'unknown'}: ${error.message}${describeCauses(error.cause)}`;
  if (error.code === 'OAUTH_TIMEOUT' || error.code === 'OAUTH_ABORT')
    return { kind: 'unavailable', answerLost: true, detail };
  if (error.cause instanceof Response) {
    const { status } = error.cause;
    const said = `${error.message} (${status})`;
    if (status < 500 && status !== 429) return { kind: 'invalid_response', detail: said };
    return { kind: 'unavailable', answerLost: false, detail: said, ...retryAfterOf(error.cause) };
  }
  if (error.code === otherTime)
    return { kind: 'invalid_id_token', detail: describeTime(error.cause) ?? detail };
  const told = [error, ...causes(error.cause)].map((one) => one.message).join(' ');
  if (/"iss" \(issuer\)/.test(told) && /response parameter/.test(told))
    return { kind: 'issuer_mismatch', detail };
  if (idTokenCodes.has(error.code ?? '') || /id_token|ID Token|JWT|JWS/i.test(told)) {
    return { kind: 'invalid_id_token', detail };
  }
  return { kind: 'invalid_response', detail };
}

/** Which claim of which time it was; openid-client says that in the cause of its error's cause. */
function describeTime(cause: unknown): string | undefined {
  const found = cause instanceof Error ? cause.cause : cause;
  if (typeof found !== 'object' || found === null || !('claim' in found) || !('claims' in found))
    return undefined;
  const { claim, claims } = found;
  if (typeof claim !== 'string' || typeof claims !== 'object' || claims === null) return undefined;
  const at: unknown = Object.getOwnPropertyDescriptor(claims, claim)?.value;
  const now = 'now' in found ? found.now : undefined;
  return typeof at === 'number' && typeof now === 'number' ? clockSkew(claim, at - now) : undefined;
}

/** How long the provider wants to be left in peace. Seconds, at most five minutes. */
function retryAfterOf(response: Response): { retryAfter?: number } {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfter: Math.min(seconds, 300) } : {};
}

function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let one = error; one instanceof Error && found.length < 8; one = one.cause) found.push(one);
  return found;
}

/** Names and codes alone: the message of a JSON error quotes the body, and that may be a token. */
function describeCauses(error: unknown): string {
  const named = causes(error).map((one) =>
    'code' in one && typeof one.code === 'string' ? one.code : one.name,
  );
  return named.length === 0 ? '' : ` (${named.join(' ← ')})`;
}

/** An error code as a provider wrote it, made fit for a log line (RFC 6749 §5.2). */
function printable(code: string): string {
  return code.slice(0, 64).replace(/[^\x21-\x7e]/g, '?');
}
