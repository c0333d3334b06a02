import { number, text } from '../columns.ts';
import type { Store } from '../store.ts';
import { leaseRemembered, sweepStep } from '../sweeping.ts';
import type { ChangeLog } from './changes.ts';
import type { Connection } from './connection.ts';
import { prepareEnd } from './sessions.ts';

/** Prepares {@link Store.sweep}: one short transaction per call, sessions first. */
export function prepareSweep({ db, write }: Connection, changes: ChangeLog): Store['sweep'] {
  const over = db.prepare(
    `SELECT id, expires_at, idle_expires_at FROM sessions
     WHERE min(expires_at, idle_expires_at) <= ? ORDER BY min(expires_at, idle_expires_at) LIMIT ?`,
  );
  const endSession = prepareEnd(db, changes);
  const dropFrom = (table: 'tombstones' | 'once' | 'counters' | 'leases') =>
    db.prepare(
      `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
    );
  const dropTombstones = dropFrom('tombstones');
  const dropOnce = dropFrom('once');
  const dropCounters = dropFrom('counters');
  const dropLeases = dropFrom('leases');

  return async (now, limit, tombstoneLife) => {
    const most = sweepStep(limit);
    const { ended, rows } = write('fast', () => {
      const sessions = over.all(now, most);
      for (const row of sessions) {
        const expiresAt = number(row, 'expires_at');
        endSession({
          id: text(row, 'id'),
          reason: expiresAt <= now ? 'expired' : 'idle',
          endedAt: Math.min(expiresAt, number(row, 'idle_expires_at')),
          expiresAt: now + tombstoneLife,
        });
      }
      let touched = sessions.length;
      touched += Number(dropTombstones.run(now, most - touched).changes);
      touched += Number(dropOnce.run(now, most - touched).changes);
      touched += Number(dropCounters.run(now, most - touched).changes);
      touched += Number(dropLeases.run(now - leaseRemembered, most - touched).changes);
      touched += changes.prune(most - touched);
      return { ended: sessions.length, rows: touched };
    });
    if (ended > 0) changes.announce();
    return rows;
  };
}
