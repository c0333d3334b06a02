import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/store/clock.ts';
import { now, sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { openChangeLog } from '../../src/store/sqlite/changes.ts';
import { type Connection, connect } from '../../src/store/sqlite/connection.ts';
import { openSessions } from '../../src/store/sqlite/sessions.ts';
import { temporaryFolders } from './folder.ts';

const newFolder = temporaryFolders();
const [normal, full] = [1, 2];

test('a created, updated or ended session is synced to disk before it counts (BFF-REF-11), a use of it is not', async () => {
  const connection = await connect(join(newFolder(), 'store.db'), 100);
  const synchronous = () => connection.db.prepare('PRAGMA synchronous').get()?.synchronous;
  const seen: unknown[] = [];
  const watched: Connection = {
    ...connection,
    write: (durability, work) =>
      connection.write(durability, () => {
        seen.push(synchronous());
        return work();
      }),
  };
  const sessions = openSessions(watched, openChangeLog(watched, systemClock));
  const session = sampleSession('a');
  await sessions.touch('a', now, now);
  await sessions.create(session);
  await sessions.touch('a', now, now);
  await sessions.update({ ...session, version: 2 }, 1);
  await sessions.touch('a', now, now);
  await sessions.end(sampleTombstone('a'));
  expect(seen).toEqual([normal, full, normal, full, normal, full]);
  expect(synchronous()).toBe(full);
  connection.close();
});

test('a write that fails is undone whole, and leaves the next one durable', async () => {
  const connection = await connect(join(newFolder(), 'store.db'), 100);
  const { db } = connection;
  const failing = () => {
    db.exec("INSERT INTO once VALUES ('half', 1)");
    throw new TypeError('a bug');
  };
  for (const durability of ['fast', 'durable'] as const) {
    expect(() => connection.write(durability, failing)).toThrow(TypeError);
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: full });
    expect(db.prepare('SELECT count(*) AS n FROM once').get()).toEqual({ n: 0 });
  }
  connection.close();
});
