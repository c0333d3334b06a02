import { number, truth, wholeNumber } from '../columns.ts';
import type { LeaseStore } from '../store.ts';
import type { Database } from './database.ts';
import type { ListeningFeed } from './feed.ts';
import type { Statements } from './statements.ts';

export function openLeases(
  { run }: Database,
  statements: Statements,
  { name: channel, told }: ListeningFeed,
): LeaseStore {
  return {
    async acquire(name, holder, now, expiresAt) {
      for (;;) {
        const [taken] = await run(statements.acquire, name, holder, now, expiresAt);
        if (taken !== undefined) {
          return {
            acquired: true,
            fence: wholeNumber(taken, 'fence'),
            afterAttempt: truth(taken, 'after_attempt'),
          };
        }
        const [held] = await run(statements.holder, name);
        // None: it was released between the two statements.
        if (held !== undefined) return { acquired: false, expiresAt: number(held, 'expires_at') };
      }
    },

    async markAttempt(name, holder) {
      return (await run(statements.markAttempt, name, holder)).length === 1;
    },

    async release(name, holder) {
      const done = (await run(statements.release, name, holder, channel)).length === 1;
      if (done) await told([{ kind: 'released', id: name }]);
    },
  };
}
