import { bytes, bytesOrNull, number, oneOf, type Row, text, textOrNull, wholeNumber } from '../columns.ts';
import { endReasons } from '../end-reasons.ts';
import { unlessDamaged } from '../found.ts';
import type { Found, SessionStore, StoredSession, Tombstone } from '../store.ts';
import type { Database } from './database.ts';
import type { ListeningFeed } from './feed.ts';
import type { Statements } from './statements.ts';

export function openSessions(
  { run }: Database,
  statements: Statements,
  { name: channel, told }: ListeningFeed,
): SessionStore {
  return {
    async read(id): Promise<Found> {
      const [row] = await run(statements.read, id);
      if (row === undefined) return { kind: 'nothing' };
      return unlessDamaged(() =>
        row.reason === null
          ? { kind: 'session', session: sessionIn(id, row) }
          : { kind: 'ended', tombstone: tombstoneIn(id, row) },
      );
    },

    async create(session) {
      const { id, version, subject, providerSession, device, sealed } = session;
      const { createdAt, lastSeenAt, idleExpiresAt, expiresAt } = session;
      const times = [createdAt, lastSeenAt, idleExpiresAt, expiresAt];
      const rows = await run(
        statements.create,
        id,
        version,
        subject,
        providerSession,
        ...times,
        device,
        sealed,
      );
      return rows.length === 1;
    },

    async update(session, expectedVersion) {
      const { id, subject, providerSession, createdAt, expiresAt, device, sealed } = session;
      const values = [subject, providerSession, createdAt, expiresAt, device, sealed, channel];
      const done = (await run(statements.update, id, expectedVersion, ...values)).length === 1;
      if (done) await told([{ kind: 'updated', id }]);
      return done;
    },

    async touch(id, lastSeenAt, idleExpiresAt) {
      return (await run(statements.touch, id, lastSeenAt, idleExpiresAt)).length === 1;
    },

    async end({ id, reason, endedAt, expiresAt }) {
      const done = (await run(statements.end, id, reason, endedAt, expiresAt, channel)).length === 1;
      if (done) await told([{ kind: 'ended', id }]);
      return done;
    },

    async find(index, hashes) {
      const statement = index === 'subject' ? statements.findBySubject : statements.findByProviderSession;
      return (await run(statement, hashes)).map((row) => text(row, 'id'));
    },
  };
}

function sessionIn(id: string, row: Row): StoredSession {
  const device = bytesOrNull(row, 'device');
  return {
    id,
    version: wholeNumber(row, 'version'),
    sealed: bytes(row, 'sealed'),
    subject: text(row, 'subject'),
    providerSession: textOrNull(row, 'provider_session'),
    // A copy: small buffers share memory, and this one may be cached for long.
    device: device && new Uint8Array(device),
    createdAt: number(row, 'created_at'),
    lastSeenAt: number(row, 'last_seen_at'),
    idleExpiresAt: number(row, 'idle_expires_at'),
    expiresAt: number(row, 'expires_at'),
  };
}

function tombstoneIn(id: string, row: Row): Tombstone {
  return {
    id,
    reason: oneOf(endReasons, row, 'reason'),
    endedAt: number(row, 'ended_at'),
    expiresAt: number(row, 'expires_at'),
  };
}
