import type { SignedOutReason } from './session-view.ts';

/** Every code an answer of the BFF can carry in `Coatcheck-Problem` and in the `code` member (RFC 9457). */
export const problemCodes = [
  // who may call
  'cross_site_request',
  'navigation_required',
  'session_required',
  'insufficient_scope',
  'step_up_required',
  'connection_required',
  'not_allowed',
  // signing in
  'invalid_return_to',
  'invalid_parameter',
  'unknown_provider',
  'login_loop',
  'unknown_login',
  'login_already_used',
  'login_expired',
  'issuer_mismatch',
  'invalid_callback',
  'access_denied',
  'login_required',
  'interaction_required',
  'provider_error',
  'provider_busy',
  'provider_unavailable',
  'provider_misconfigured',
  'provider_response_invalid',
  'id_token_invalid',
  'missing_scope',
  'step_up_failed',
  'identity_mismatch',
  'session_changed',
  'signed_out_meanwhile',
  'invalid_logout_token',
  // calling APIs
  'token_denied',
  'refresh_unavailable',
  'store_unavailable',
  'retry_with_nonce',
  'upstream_unreachable',
  'upstream_timeout',
  'upstream_invalid',
  'service_worker_refused',
  'websocket_refused',
  'too_many_websockets',
  'too_many_calls',
  // HTTP itself
  'malformed_request',
  'ambiguous_path',
  'unknown_host',
  'not_found',
  'method_not_allowed',
  'request_timeout',
  'payload_too_large',
  'uri_too_long',
  'unsupported_media_type',
  'headers_too_large',
  'too_many_streams',
  'rate_limited',
  'overloaded',
  'internal_error',
] as const;

export type ProblemCode = (typeof problemCodes)[number];

/** The body of an error answer, `application/problem+json` (RFC 9457). */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  /** Why there is no session; only with `session_required`. */
  reason?: SignedOutReason;
  /** Id of the provider at which the person must sign in again, or connect an account. */
  provider?: string;
  /** How a sign-in must be done for the call to pass; only with `step_up_required` (RFC 9470 §3). */
  acr_values?: string;
  /** Seconds since a sign-in that are still acceptable; only with `step_up_required` (RFC 9470 §3). */
  max_age?: number;
  /** The scopes that are missing, with a space between; only with `insufficient_scope` (RFC 6750 §3). */
  scope?: string;
  /** Name of the configured set that holds them; only with `insufficient_scope`. */
  consent?: string;
  /** Where a sign-in starts that helps; `return_to` is to be added. To be navigated to, not fetched. */
  loginUrl?: string;
  /** Look this up in the server's log. */
  requestId?: string;
}
