import type { ProblemCode } from '@coatcheck/protocol';
import type { Problem } from '../problems/registry.ts';
import type { ProviderFailure } from '../provider/failure.ts';

/** A map: the code comes from outside, and every object has a `constructor`. */
const byOAuthError: ReadonlyMap<string, ProblemCode> = new Map([
  ['access_denied', 'access_denied'],
  ['login_required', 'login_required'],
  ['interaction_required', 'interaction_required'],
  ['consent_required', 'interaction_required'],
  ['account_selection_required', 'interaction_required'],
  ['temporarily_unavailable', 'provider_busy'],
  ['step_up_failed', 'step_up_failed'],
  ['invalid_client', 'provider_misconfigured'],
  ['unauthorized_client', 'provider_misconfigured'],
  ['invalid_scope', 'provider_misconfigured'],
  ['invalid_target', 'provider_misconfigured'],
]);

/** What a person is told when a provider did not sign them in. */
export function problemFor(failure: ProviderFailure): Problem {
  const privateDetail = failure.detail;
  switch (failure.kind) {
    case 'oauth_error':
      return { code: byOAuthError.get(failure.error) ?? 'provider_error', privateDetail };
    case 'unavailable':
      return { code: 'provider_unavailable', retryAfter: failure.retryAfter ?? 5, privateDetail };
    case 'invalid_response':
      return { code: 'provider_response_invalid', privateDetail };
    case 'invalid_id_token':
      return { code: 'id_token_invalid', privateDetail };
    case 'not_allowed':
      return { code: 'not_allowed', privateDetail };
    case 'issuer_mismatch':
      return { code: 'issuer_mismatch', privateDetail };
    case 'misconfigured':
      return { code: 'provider_misconfigured', privateDetail };
  }
}
