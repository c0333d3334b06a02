import { messageOf } from '../change.ts';
import type { SessionStore, StoredSession } from '../store.ts';
import type { Indexes } from './indexes.ts';
import type { Keys } from './keys.ts';
import { readSession } from './read.ts';
import { decodeIndexed, encodeNumber, encodeSession, encodeTombstone, indexedLength } from './record.ts';
import { isOne } from './reply.ts';
import { command, run } from './request.ts';
import { endScript, keptAfterEnd, touchScript, updateScript } from './scripts.ts';
import type { RedisServer } from './server.ts';

export function openSessions(server: RedisServer, keys: Keys, indexes: Indexes): SessionStore {
  /** Sets the record where its version is the expected one; the indexes go first where they have to change. */
  async function replace(session: StoredSession, expectedVersion: number): Promise<boolean> {
    const record = encodeSession(session, expectedVersion + 1);
    const ask = (how: 'look' | 'force') =>
      server.sendDurably(
        run(
          updateScript,
          keys.session(session.id),
          encodeNumber(expectedVersion),
          record,
          String(indexedLength(record)),
          how,
          keys.changes,
          messageOf('updated', session.id),
        ),
      );
    const answer = await ask('look');
    if (!Buffer.isBuffer(answer)) return isOne(answer);
    await indexes.add(session);
    const done = isOne(await ask('force'));
    if (done) await indexes.drop(session.id, decodeIndexed(answer), session);
    return done;
  }

  return {
    read: (id) => readSession(server, keys, id),

    async create(session) {
      const { id, version, expiresAt, idleExpiresAt, lastSeenAt } = session;
      const life = Math.ceil(Math.max(0, Math.min(expiresAt, idleExpiresAt) - lastSeenAt) + keptAfterEnd);
      await indexes.add(session);
      const record = encodeSession(session, version);
      const reply = await server.sendDurably(
        command('SET', keys.session(id), record, 'NX', 'PX', String(life)),
      );
      return reply !== null;
    },

    async update(session, expectedVersion) {
      const done = await replace(session, expectedVersion);
      if (done) await server.told([{ kind: 'updated', id: session.id }]);
      return done;
    },

    async touch(id, lastSeenAt, idleExpiresAt) {
      const request = run(touchScript, keys.session(id), String(lastSeenAt), String(idleExpiresAt));
      return isOne(await server.send(request));
    },

    async end(tombstone) {
      const { id, endedAt, expiresAt } = tombstone;
      const life = Math.ceil(Math.max(1000, expiresAt - endedAt));
      const reply = await server.sendDurably(
        run(
          endScript,
          keys.session(id),
          encodeTombstone(tombstone),
          String(life),
          keys.changes,
          messageOf('ended', id),
        ),
      );
      if (reply === null) return false;
      await Promise.all([server.told([{ kind: 'ended', id }]), indexes.drop(id, decodeIndexed(reply))]);
      return true;
    },

    find: indexes.find,
  };
}
