import { number, wholeNumber } from '../columns.ts';
import type { LeaseStore } from '../store.ts';
import type { ChangeLog } from './changes.ts';
import type { Connection } from './connection.ts';

/**
 * One row per lease that was not released. The row's id is the fence: AUTOINCREMENT never gives one twice, so it grows
 * even over leases that are long gone.
 */
export function openLeases({ db, write }: Connection, changes: ChangeLog): LeaseStore {
  const select = db.prepare('SELECT expires_at, attempted FROM leases WHERE name = ?');
  const remove = db.prepare('DELETE FROM leases WHERE name = ?');
  const insert = db.prepare('INSERT INTO leases (name, holder, expires_at, attempted) VALUES (?, ?, ?, 0)');
  const mark = db.prepare('UPDATE leases SET attempted = 1 WHERE name = ? AND holder = ?');
  const free = db.prepare('DELETE FROM leases WHERE name = ? AND holder = ?');

  return {
    async acquire(name, holder, now, expiresAt) {
      return write('fast', () => {
        const before = select.get(name);
        if (before !== undefined) {
          const heldUntil = number(before, 'expires_at');
          if (heldUntil > now) return { acquired: false, expiresAt: heldUntil };
          remove.run(name);
        }
        const fence = Number(insert.run(name, holder, expiresAt).lastInsertRowid);
        const afterAttempt = before !== undefined && wholeNumber(before, 'attempted') === 1;
        return { acquired: true, fence, afterAttempt };
      });
    },

    async markAttempt(name, holder) {
      return write('fast', () => mark.run(name, holder).changes === 1);
    },

    async release(name, holder) {
      const done = write('fast', () => {
        const freed = free.run(name, holder).changes === 1;
        if (freed) changes.record('released', name);
        return freed;
      });
      if (done) changes.announce();
    },
  };
}
