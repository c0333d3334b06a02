import { CoatcheckError } from '@coatcheck/client';
import { QueryClient } from '@tanstack/react-query';
import { ApiRefusal } from './api.ts';

/** What was loaded from the API. A refusal is an answer and is not asked for again; a bad moment is. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && isBadMoment(error),
        retryDelay: (failures, error) =>
          error instanceof CoatcheckError && error.retryAfter !== undefined
            ? Math.min(error.retryAfter, 10) * 1_000
            : 500 * 2 ** failures,
      },
    },
  });
}

function isBadMoment(error: Error): boolean {
  const isRefusal = error instanceof CoatcheckError || error instanceof ApiRefusal;
  return !isRefusal || error.status === 503;
}
