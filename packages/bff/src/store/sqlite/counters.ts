import { number, wholeNumber } from '../columns.ts';
import type { CounterStore } from '../store.ts';
import type { Connection } from './connection.ts';

export function openCounters({ db, write }: Connection): CounterStore {
  const add = db.prepare(
    `INSERT INTO counters (name, count, expires_at) VALUES (:name, :by, :expiresAt)
     ON CONFLICT (name) DO UPDATE SET
       count = iif(expires_at > :now, count + :by, :by),
       expires_at = iif(expires_at > :now, expires_at, :expiresAt)
     RETURNING count, expires_at`,
  );

  return {
    async increment(name, by, now, window) {
      const row = write('fast', () => add.get({ name, by, now, expiresAt: now + window }));
      return { count: wholeNumber(row, 'count'), expiresAt: number(row, 'expires_at') };
    },
  };
}
