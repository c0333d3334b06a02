import type { OnceStore } from '../store.ts';
import type { Database } from './database.ts';
import type { Statements } from './statements.ts';

export function openOnce({ run }: Database, statements: Statements): OnceStore {
  return {
    async claim(name, now, expiresAt) {
      return (await run(statements.claim, name, now, expiresAt)).length === 1;
    },
    async isClaimed(name, now) {
      return (await run(statements.isClaimed, name, now)).length === 1;
    },
  };
}
