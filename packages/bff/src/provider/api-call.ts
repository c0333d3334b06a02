import type { CustomFetch } from 'openid-client';
import type { Outcome } from './failure.ts';

/** What is asked of a provider's API, outside of OAuth. */
export interface ApiCall {
  readonly method: 'GET' | 'DELETE';
  readonly url: string;
  /** The Authorization field. */
  readonly authorization: string;
  readonly body?: Readonly<Record<string, string>>;
}

/**
 * One call to a provider's API.
 *
 * @param fetch bounded in size and time; it throws where there is no answer
 * @returns its JSON; undefined for an answer without content; `oauth_error` with the status where it was refused
 */
export async function callApi(fetch: CustomFetch, call: ApiCall): Promise<Outcome<unknown>> {
  const response = await fetch(call.url, {
    method: call.method,
    redirect: 'manual',
    body: call.body === undefined ? null : JSON.stringify(call.body),
    headers: {
      accept: 'application/json',
      authorization: call.authorization,
      // GitHub answers nobody without one.
      'user-agent': 'coatcheck',
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
  });
  const detail = `${new URL(call.url).pathname} answered with ${response.status}`;
  if (response.status === 429 || response.status >= 500) {
    return { ok: false, failure: { kind: 'unavailable', answerLost: false, detail } };
  }
  if (response.status >= 400) {
    return { ok: false, failure: { kind: 'oauth_error', error: 'api_refused', detail } };
  }
  const text = await response.text();
  if (text === '') return { ok: true, value: undefined };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, failure: { kind: 'invalid_response', detail: `${detail}, but no JSON` } };
  }
}
