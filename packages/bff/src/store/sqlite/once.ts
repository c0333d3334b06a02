import type { OnceStore } from '../store.ts';
import type { Connection } from './connection.ts';

export function openOnce({ db, read, write }: Connection): OnceStore {
  const take = db.prepare(
    `INSERT INTO once (name, expires_at) VALUES (:name, :expiresAt)
     ON CONFLICT (name) DO UPDATE SET expires_at = :expiresAt WHERE expires_at <= :now`,
  );
  const taken = db.prepare('SELECT 1 FROM once WHERE name = ? AND expires_at > ?');

  return {
    async claim(name, now, expiresAt) {
      return write('fast', () => take.run({ name, now, expiresAt }).changes === 1);
    },
    async isClaimed(name, now) {
      return read(() => taken.get(name, now) !== undefined);
    },
  };
}
