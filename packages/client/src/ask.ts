import type { ApiFetch } from './api-fetch.ts';
import { CoatcheckError, networkError, unexpectedAnswer } from './errors.ts';

/** One call to a route of the BFF; a failure of any kind is a value. */
export type Ask = (path: string, init?: AskInit) => Promise<Response | CoatcheckError>;

export interface AskInit {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  body?: object;
}

/** After this long there is no answer: signing out waits for the provider to revoke. Milliseconds. */
const patience = 20_000;

/** @param call what sends, and throws the BFF's own refusals */
export function createAsk(call: ApiFetch): Ask {
  return async (path, { method = 'GET', body } = {}) => {
    try {
      const response = await call(path, {
        method,
        cache: 'no-store',
        signal: AbortSignal.timeout(patience),
        ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
      });
      return response.ok ? response : unexpectedAnswer(response.status);
    } catch (error) {
      return error instanceof CoatcheckError ? error : networkError(error);
    }
  };
}

/** The JSON of an answer, null where it has none. */
export function jsonOf(response: Response): Promise<unknown> {
  return response.json().catch(() => null);
}

/** For callers to whom a failure is an exception. */
export function orThrow<T>(value: T | CoatcheckError): T {
  if (value instanceof CoatcheckError) throw value;
  return value;
}
