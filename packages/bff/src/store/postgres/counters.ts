import { number, wholeNumber } from '../columns.ts';
import type { CounterStore } from '../store.ts';
import type { Database } from './database.ts';
import type { Statements } from './statements.ts';

export function openCounters({ run }: Database, statements: Statements): CounterStore {
  return {
    async increment(name, by, now, window) {
      const [row] = await run(statements.increment, name, by, now, now + window);
      return { count: wholeNumber(row, 'count'), expiresAt: number(row, 'expires_at') };
    },
  };
}
