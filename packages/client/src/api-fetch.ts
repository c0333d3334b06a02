import { headerNames, requestedWithValue } from '@coatcheck/protocol';
import { type CoatcheckError, readProblem } from './errors.ts';
import type { Page } from './page.ts';

/** What a call through the BFF can say beyond `fetch`. */
export interface ApiFetchInit extends RequestInit {
  /** The call does not count as use of the session: for polling and other things nobody asked for. */
  background?: boolean;
}

/** `fetch` for calls through the BFF: to the page's own origin with proof of where they come from, elsewhere unchanged. */
export type ApiFetch = (input: RequestInfo | URL, init?: ApiFetchInit) => Promise<Response>;

/**
 * `fetch` for calls through the BFF. Our header goes to our own origin only: no other page can send it without a
 * preflight, and no other server has a use for it (RFC 10017 §6.1.3.3.2).
 *
 * @param send the fetch below
 * @param onSessionRequired told when the BFF says that there is no session; an API's own 401 is none of its business
 */
export function createApiFetch(
  send: typeof fetch,
  page: Page,
  onSessionRequired?: (error: CoatcheckError) => void,
): ApiFetch {
  const isOurs = (address: string) => page.resolve(address)?.origin === page.origin;
  return async (input, { background, ...init } = {}) => {
    const request: { url: string; headers?: Headers } =
      input instanceof Request ? input : { url: String(input) };
    if (!isOurs(request.url)) return send(input, init);
    const headers = new Headers(init.headers ?? request.headers);
    headers.set(headerNames.requestedWith, requestedWithValue);
    if (background) headers.set(headerNames.background, '1');

    const response = await send(input, { ...init, headers });
    // A redirect may have led away: another origin's answer says nothing about our session.
    if (response.url && !isOurs(response.url)) return response;
    const problem = await readProblem(response);
    if (!problem) return response;
    if (problem.code === 'session_required') onSessionRequired?.(problem);
    throw problem;
  };
}
