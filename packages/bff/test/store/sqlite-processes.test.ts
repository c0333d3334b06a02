import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { sampleSession } from '../../src/store/contract/subject.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import type { StoreChange } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { type Answer, counterIn, order, startProcess, stopProcess, withCounter } from './processes.ts';

const newFolder = temporaryFolders();
const running: ChildProcess[] = [];

afterEach(async () => {
  for (const child of running.splice(0)) await stopProcess(child);
});

async function start(path: string, count: number): Promise<ChildProcess[]> {
  const children = await Promise.all(Array.from({ length: count }, () => startProcess(`sqlite:${path}`)));
  running.push(...children);
  return children;
}

const names = Array.from({ length: 200 }, (_, index) => `name-${index}`);

describe('several processes on one SQLite file', () => {
  test('can all be the one that makes it', async () => {
    const children = await start('', 4);
    for (let round = 0; round < 25; round += 1) {
      const path = join(newFolder(), 'deep', 'store.db');
      const opened = await Promise.all(children.map((child) => order(child, { kind: 'open', path })));
      expect(opened).toEqual([true, true, true, true]);
    }
  });

  test('give a name to one of them only (BFF-CB-03)', async () => {
    const children = await start(join(newFolder(), 'store.db'), 4);
    const won = await Promise.all(children.map((child) => order(child, { kind: 'claim', names })));
    expect(won.flat().toSorted()).toEqual(names.toSorted());
  });

  test('give a lease to one of them only (BFF-REF-04)', async () => {
    const children = await start(join(newFolder(), 'store.db'), 4);
    const won = await Promise.all(children.map((child) => order(child, { kind: 'acquire', names })));
    expect(won.flat().toSorted()).toEqual(names.toSorted());
  });

  test('lose no update to each other', async () => {
    const path = join(newFolder(), 'store.db');
    const store = await openSqliteStore({ path });
    await store.sessions.create(withCounter(sampleSession('a'), 0));
    const children = await start(path, 4);
    await Promise.all(children.map((child) => order(child, { kind: 'count', id: 'a', times: 50 })));
    const found = await store.sessions.read('a');
    expect(found).toMatchObject({ kind: 'session', session: { version: 201 } });
    expect(found.kind === 'session' && counterIn(found.session)).toBe(200);
    await store.close();
  });

  test('hear of what another one did', async () => {
    const path = join(newFolder(), 'store.db');
    const store = await openSqliteStore({ path });
    await store.sessions.create(withCounter(sampleSession('a'), 0));
    const told: StoreChange[] = [];
    store.changes.subscribe((change) => told.push(change));
    const [child] = await start(path, 1);
    if (child === undefined) throw new Error('no process');
    await order(child, { kind: 'count', id: 'a', times: 2 });
    await order(child, { kind: 'end', id: 'a' });
    await waitUntil(() => told.length === 3);
    expect(told.map(({ kind }) => kind)).toEqual(['updated', 'updated', 'ended']);
    expect(await store.sessions.read('a')).toMatchObject({ kind: 'ended', tombstone: { reason: 'revoked' } });
    await store.close();
  });

  test('leave a sound file, with all that was acknowledged, when one is killed while it writes (BFF-REF-11)', async () => {
    const path = join(newFolder(), 'store.db');
    const first = await openSqliteStore({ path });
    await first.sessions.create(withCounter(sampleSession('a'), 1));
    await first.close();

    for (let round = 1; round <= 5; round += 1) {
      const [child] = await start(path, 1);
      if (child === undefined) throw new Error('no process');
      const acknowledged: number[] = [];
      child.on('message', (answer: Answer) => {
        if (answer.kind === 'wrote') acknowledged.push(answer.version);
      });
      child.send({ kind: 'write', id: 'a' });
      await waitUntil(() => acknowledged.length >= 7 * round);
      await stopProcess(child, 'SIGKILL');

      const raw = new DatabaseSync(path);
      expect(raw.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      raw.close();
      const store = await openSqliteStore({ path });
      const found = await store.sessions.read('a');
      if (found.kind !== 'session') throw new Error('the session is gone');
      expect(found.session.version).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? Number.POSITIVE_INFINITY);
      expect(counterIn(found.session)).toBe(found.session.version);
      const next = withCounter(found.session, found.session.version + 1);
      expect(await store.sessions.update(next, found.session.version)).toBe(true);
      await store.close();
    }
  });
});
