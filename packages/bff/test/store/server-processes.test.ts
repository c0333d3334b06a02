import type { ChildProcess } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { record, sampleSession, sampleTombstone } from '../../src/store/contract/subject.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { type Answer, counterIn, order, startProcess, stopProcess, withCounter } from './processes.ts';
import { startPostgres } from './servers/postgres.ts';
import type { Program } from './servers/program.ts';
import { startRedis } from './servers/redis.ts';

interface Server extends Program {
  space(name: string): string;
}

const newFolder = temporaryFolders();
const names = Array.from({ length: 100 }, (_, index) => `name-${index}`);

const servers: readonly { name: string; start: () => Promise<Server> }[] = [
  { name: 'Redis', start: () => startRedis(newFolder()) },
  { name: 'PostgreSQL', start: () => startPostgres(newFolder()) },
];

describe.each(servers)('several processes on one $name', ({ start }) => {
  let server: Server;
  let spaces = 0;
  const running: ChildProcess[] = [];
  const open: Store[] = [];
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.end());
  afterEach(async () => {
    for (const child of running.splice(0)) await stopProcess(child, 'SIGKILL');
    for (const store of open.splice(0)) await store.close();
  });

  /** With a long timeout: the machine has other work. */
  function newSpace(): string {
    spaces += 1;
    return `${server.space(`space_${spaces}`)}&timeout=10000`;
  }

  async function opened(url: string): Promise<Store> {
    const store = await openStore(url, { env: {} });
    open.push(store);
    return store;
  }

  async function startThree(url: string): Promise<ChildProcess[]> {
    const children = await Promise.all(Array.from({ length: 3 }, () => startProcess(url)));
    running.push(...children);
    return children;
  }

  async function startOne(url: string): Promise<ChildProcess> {
    const child = await startProcess(url);
    running.push(child);
    return child;
  }

  test('can all be the one that makes it', async () => {
    const children = await startThree('memory:');
    for (let round = 0; round < 5; round += 1) {
      const url = newSpace();
      const done = await Promise.all(children.map((child) => order(child, { kind: 'open-url', url })));
      expect(done).toEqual([true, true, true]);
    }
  });

  test('give a name to one of them only (BFF-CB-03)', async () => {
    const children = await startThree(newSpace());
    const won = await Promise.all(children.map((child) => order(child, { kind: 'claim', names })));
    expect(won.flat().toSorted()).toEqual(names.toSorted());
  });

  test('give a lease to one of them only (BFF-REF-04)', async () => {
    const children = await startThree(newSpace());
    const won = await Promise.all(children.map((child) => order(child, { kind: 'acquire', names })));
    expect(won.flat().toSorted()).toEqual(names.toSorted());
  });

  test('lose no update to each other (BFF-REF-07)', async () => {
    const url = newSpace();
    const store = await opened(url);
    await store.sessions.create(withCounter(sampleSession('a'), 0));
    const children = await startThree(url);
    await Promise.all(children.map((child) => order(child, { kind: 'count', id: 'a', times: 40 })));
    const found = await store.sessions.read('a');
    expect(found).toMatchObject({ kind: 'session', session: { version: 121 } });
    expect(found.kind === 'session' && counterIn(found.session)).toBe(120);
  });

  test('hear of what another one did', async () => {
    const url = newSpace();
    const store = await opened(url);
    await store.sessions.create(withCounter(sampleSession('a'), 0));
    const told = record(store);
    const child = await startOne(url);
    await order(child, { kind: 'count', id: 'a', times: 2 });
    await order(child, { kind: 'end', id: 'a' });
    await waitUntil(() => told.length === 3);
    expect(told.map(({ kind }) => kind)).toEqual(['updated', 'updated', 'ended']);
    expect(await store.sessions.read('a')).toMatchObject({ kind: 'ended', tombstone: { reason: 'revoked' } });
  });

  test('leave all that was acknowledged when one is killed while it writes (BFF-REF-11)', async () => {
    const url = newSpace();
    const store = await opened(url);
    await store.sessions.create(withCounter(sampleSession('a'), 1));
    for (let round = 1; round <= 3; round += 1) {
      const child = await startOne(url);
      const acknowledged: number[] = [];
      child.on('message', (answer: Answer) => {
        if (answer.kind === 'wrote') acknowledged.push(answer.version);
      });
      child.send({ kind: 'write', id: 'a' });
      await waitUntil(() => acknowledged.length >= 20);
      await stopProcess(child, 'SIGKILL');

      const found = await store.sessions.read('a');
      if (found.kind !== 'session') throw new Error('the session is gone');
      expect(found.session.version).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? Number.POSITIVE_INFINITY);
      expect(counterIn(found.session)).toBe(found.session.version);
    }
  });

  test('free the lease of one that was killed, in time, for the next (BFF-REF-11)', async () => {
    const url = newSpace();
    const store = await opened(url);
    const child = await startOne(url);
    expect(await order(child, { kind: 'acquire', names: ['grant'] })).toEqual(['grant']);
    await stopProcess(child, 'SIGKILL');
    expect(await store.leases.acquire('grant', 'next', 1999, 3000)).toMatchObject({ acquired: false });
    expect(await store.leases.acquire('grant', 'next', 2000, 3000)).toMatchObject({ acquired: true });
  });

  test('are never sure and wrong at once: one that was stopped counts as stale until it knows what it missed', async () => {
    const url = newSpace();
    const store = await opened(url);
    await store.sessions.create(sampleSession('a'));
    const child = await startOne(url);
    expect(await order(child, { kind: 'look' })).toMatchObject({ told: [] });
    child.kill('SIGSTOP');
    const stoppedAt = performance.now();
    await store.sessions.end(sampleTombstone('a'));
    await waitUntil(() => performance.now() - stoppedAt > 1200);
    // The question lies in its pipe, as requests would in its sockets.
    const answer = order(child, { kind: 'look' });
    child.kill('SIGCONT');
    const { staleFor, told } = looked(await answer);
    if (staleFor < 1000) expect(told).toContainEqual({ kind: 'ended', id: 'a' });
  });
});

function looked(answer: unknown): { staleFor: number; told: unknown } {
  if (typeof answer !== 'object' || answer === null || !('staleFor' in answer) || !('told' in answer)) {
    throw new Error('no look');
  }
  return { staleFor: Number(answer.staleFor), told: answer.told };
}
