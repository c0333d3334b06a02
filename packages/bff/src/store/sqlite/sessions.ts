import { bytes, bytesOrNull, number, oneOf, type Row, text, textOrNull, wholeNumber } from '../columns.ts';
import { endReasons } from '../end-reasons.ts';
import { unlessDamaged } from '../found.ts';
import type { Found, SessionStore, StoredSession, Tombstone } from '../store.ts';
import type { ChangeLog } from './changes.ts';
import type { Connection } from './connection.ts';

export function openSessions({ db, read, write }: Connection, changes: ChangeLog): SessionStore {
  const selectSession = db.prepare('SELECT * FROM sessions WHERE id = ?');
  const selectTombstone = db.prepare('SELECT * FROM tombstones WHERE id = ?');
  const insert = db.prepare(
    `INSERT INTO sessions (id, version, subject, provider_session, created_at, last_seen_at, idle_expires_at,
       expires_at, device, sealed)
     SELECT :id, :version, :subject, :providerSession, :createdAt, :lastSeenAt, :idleExpiresAt, :expiresAt, :device,
       :sealed
     WHERE NOT EXISTS (SELECT 1 FROM tombstones WHERE id = :id)
     ON CONFLICT (id) DO NOTHING`,
  );
  const replace = db.prepare(
    `UPDATE sessions SET version = version + 1, subject = ?, provider_session = ?, created_at = ?, expires_at = ?,
       device = ?, sealed = ?
     WHERE id = ? AND version = ?`,
  );
  const moveForward = db.prepare(
    `UPDATE sessions SET last_seen_at = max(last_seen_at, ?), idle_expires_at = max(idle_expires_at, ?) WHERE id = ?`,
  );
  const endSession = prepareEnd(db, changes);
  const findBy = {
    subject: db.prepare('SELECT id FROM sessions WHERE subject IN (SELECT value FROM json_each(?))'),
    providerSession: db.prepare(
      'SELECT id FROM sessions WHERE provider_session IN (SELECT value FROM json_each(?))',
    ),
  };

  return {
    async read(id): Promise<Found> {
      return read(() => {
        const session = selectSession.get(id);
        if (session !== undefined)
          return unlessDamaged(() => ({ kind: 'session', session: sessionIn(session) }));
        // Two reads without a transaction: an ending between them only turns nothing into a tombstone.
        const tombstone = selectTombstone.get(id);
        if (tombstone === undefined) return { kind: 'nothing' };
        return unlessDamaged(() => ({ kind: 'ended', tombstone: tombstoneIn(tombstone) }));
      });
    },

    async create(session) {
      const { id, version, subject, providerSession, device, sealed } = session;
      const { createdAt, lastSeenAt, idleExpiresAt, expiresAt } = session;
      const times = { createdAt, lastSeenAt, idleExpiresAt, expiresAt };
      const row = { id, version, subject, providerSession, device, sealed, ...times };
      return write('durable', () => insert.run(row).changes === 1);
    },

    async update(session, expectedVersion) {
      const { id, subject, providerSession, createdAt, expiresAt, device, sealed } = session;
      const done = write('durable', () => {
        const { changes: rows } = replace.run(
          subject,
          providerSession,
          createdAt,
          expiresAt,
          device,
          sealed,
          id,
          expectedVersion,
        );
        if (rows === 1) changes.record('updated', id);
        return rows === 1;
      });
      if (done) changes.announce();
      return done;
    },

    async touch(id, lastSeenAt, idleExpiresAt) {
      return write('fast', () => moveForward.run(lastSeenAt, idleExpiresAt, id).changes === 1);
    },

    async end(tombstone) {
      const done = write('durable', () => endSession(tombstone));
      if (done) changes.announce();
      return done;
    },

    async find(index, hashes) {
      return read(() => findBy[index].all(JSON.stringify(hashes)).map((row) => text(row, 'id')));
    },
  };
}

/** Prepares the step, for use inside a write transaction, that puts a tombstone in a session's place. */
export function prepareEnd(db: Connection['db'], changes: ChangeLog): (tombstone: Tombstone) => boolean {
  const remove = db.prepare('DELETE FROM sessions WHERE id = ?');
  const bury = db.prepare('INSERT INTO tombstones (id, reason, ended_at, expires_at) VALUES (?, ?, ?, ?)');
  return ({ id, reason, endedAt, expiresAt }) => {
    if (remove.run(id).changes !== 1) return false;
    bury.run(id, reason, endedAt, expiresAt);
    changes.record('ended', id);
    return true;
  };
}

function sessionIn(row: Row): StoredSession {
  return {
    id: text(row, 'id'),
    version: wholeNumber(row, 'version'),
    sealed: bytes(row, 'sealed'),
    subject: text(row, 'subject'),
    providerSession: textOrNull(row, 'provider_session'),
    device: bytesOrNull(row, 'device'),
    createdAt: number(row, 'created_at'),
    lastSeenAt: number(row, 'last_seen_at'),
    idleExpiresAt: number(row, 'idle_expires_at'),
    expiresAt: number(row, 'expires_at'),
  };
}

function tombstoneIn(row: Row): Tombstone {
  return {
    id: text(row, 'id'),
    reason: oneOf(endReasons, row, 'reason'),
    endedAt: number(row, 'ended_at'),
    expiresAt: number(row, 'expires_at'),
  };
}
