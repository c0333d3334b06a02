import { retryOf } from '@coatcheck/client';
import { QueryClient } from '@tanstack/react-query';
import { ApiRefusal } from './api.ts';

/** What was loaded from the API. A refusal is an answer and is not asked for again; a bad moment is. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && isBadMoment(error),
        retryDelay: (failures, error) => Math.min(retryOf(error)?.after ?? 2 ** failures / 2, 10) * 1_000,
      },
    },
  });
}

/** The BFF's problem, no answer at all, or the API's own bad moment. */
function isBadMoment(error: Error): boolean {
  return retryOf(error) !== undefined || (error instanceof ApiRefusal && error.status === 503);
}
