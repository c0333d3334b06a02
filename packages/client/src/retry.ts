import { CoatcheckError } from './errors.ts';

/** What is known about sending a failed call once more. */
export interface Retry {
  /** Seconds that the server wants to be waited first; undefined where it does not say. */
  after: number | undefined;
  /** The call did nothing, so it can be sent again whatever it is. Else it may have done its work. */
  didNothing: boolean;
}

/** Refused before anything was done. */
const untouched = new Set<string>([
  'retry_with_nonce',
  'too_many_calls',
  'too_many_streams',
  'rate_limited',
  'overloaded',
  'refresh_unavailable',
  'store_unavailable',
  'provider_unavailable',
]);

/** There was no answer, or none in time. */
const unanswered = new Set<string>([
  'network_error',
  'upstream_unreachable',
  'upstream_timeout',
  'request_timeout',
]);

/**
 * Whether the call that failed by this error may pass when it is sent again as it is; undefined where it will fail again
 * or a person has to do something first. The rule for TanStack Query, or for a loop of your own.
 *
 * @example
 * new QueryClient({
 *   defaultOptions: {
 *     queries: {
 *       retry: (failures, error) => failures < 3 && retryOf(error) !== undefined,
 *       retryDelay: (failures, error) => (retryOf(error)?.after ?? 2 ** failures) * 1_000,
 *     },
 *     mutations: { retry: (failures, error) => failures < 3 && retryOf(error)?.didNothing === true },
 *   },
 * });
 */
export function retryOf(error: unknown): Retry | undefined {
  // What `fetch` itself throws where there is no answer.
  if (error instanceof TypeError) return { after: undefined, didNothing: false };
  if (!(error instanceof CoatcheckError)) return undefined;
  const { code, status, retryAfter: after } = error;
  // 503: no server of that API was there to be asked.
  const didNothing = untouched.has(code) || (code === 'upstream_unreachable' && status === 503);
  return didNothing || unanswered.has(code) ? { after, didNothing } : undefined;
}
