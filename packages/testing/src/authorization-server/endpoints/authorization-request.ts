import type { Provider } from '../provider.ts';
import { openRequestObject } from './request-object.ts';

/** What came of looking at an authorization request. Only `error` may go to the redirect URI. */
export type CheckedRequest =
  | { kind: 'ok'; params: URLSearchParams }
  | { kind: 'error'; params: URLSearchParams; error: string }
  | { kind: 'refused'; reason: string };

const requestUriPrefix = 'urn:ietf:params:oauth:request_uri:';

/** Checks the parameters, after a pushed request or a request object has been put in their place (RFC 9126 §4). */
export async function checkAuthorizationRequest(
  provider: Provider,
  asked: URLSearchParams,
): Promise<CheckedRequest> {
  const requestUri = asked.get('request_uri');
  let params = asked;
  if (requestUri !== null) {
    const pushed = provider.pushed.get(requestUri);
    provider.pushed.delete(requestUri);
    if (!requestUri.startsWith(requestUriPrefix) || !pushed) return refused('unknown or used request_uri');
    if (pushed.get('client_id') !== asked.get('client_id'))
      return refused('client_id is not the one that pushed');
    params = pushed;
  } else if (provider.settings.par === 'required') {
    return refused('the request must be pushed');
  } else {
    const opened = await openRequestObject(provider, asked);
    if ('refused' in opened) return refused(opened.refused);
    params = opened;
  }
  return checkParameters(provider, params);
}

/** The checks that a plain and a pushed request have in common. */
export function checkParameters(provider: Provider, params: URLSearchParams): CheckedRequest {
  const { client, resources } = provider.settings;
  const repeated = [...new Set(params.keys())].find(
    (name) => name !== 'resource' && params.getAll(name).length > 1,
  );
  if (repeated !== undefined) return refused(`${repeated} is repeated`);
  if (params.get('client_id') !== client.clientId) return refused('unknown client_id');
  const redirectUri = params.get('redirect_uri');
  if (redirectUri === null || !URL.canParse(redirectUri)) return refused('redirect_uri is missing or no URL');
  if (client.redirectUris && !client.redirectUris.includes(redirectUri)) {
    return refused('redirect_uri is not registered');
  }

  const error = (code: string): CheckedRequest => ({ kind: 'error', params, error: code });
  if (params.get('response_type') !== 'code') return error('unsupported_response_type');
  if (!['query', 'form_post', 'jwt', null].includes(params.get('response_mode')))
    return error('invalid_request');
  if (params.get('code_challenge_method') !== 'S256') return error('invalid_request');
  if (!/^[\w-]{43}$/.test(params.get('code_challenge') ?? '')) return error('invalid_request');
  if (resources && params.getAll('resource').some((one) => !resources.includes(one)))
    return error('invalid_target');
  return { kind: 'ok', params };
}

function refused(reason: string): CheckedRequest {
  return { kind: 'refused', reason };
}
