import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { StoreClock } from '../../src/store/clock.ts';
import {
  expectSession,
  now,
  record,
  sampleSession,
  sampleTombstone,
} from '../../src/store/contract/subject.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { temporaryFolders, waitUntil } from './folder.ts';
import { startPostgres } from './servers/postgres.ts';
import type { Program } from './servers/program.ts';
import { startRedis } from './servers/redis.ts';

/** What both servers can do in a test. */
interface Server extends Program {
  space(name: string): string;
  kick(): Promise<void>;
  again(): Promise<Server>;
}

const newFolder = temporaryFolders();
const unavailable = { name: 'StoreError', code: 'store_unavailable' };

const servers: readonly { name: string; start: () => Promise<Server> }[] = [
  { name: 'Redis', start: () => startRedis(newFolder(), ['--appendonly', 'yes', '--appendfsync', 'always']) },
  { name: 'PostgreSQL', start: () => startPostgres(newFolder()) },
];

/** Every way to ask a store something. */
function everyMethod({ sessions, once, leases, ...store }: Store): readonly (() => Promise<unknown>)[] {
  return [
    () => sessions.read('a'),
    () => sessions.create(sampleSession('b')),
    () => sessions.update(sampleSession('a'), 99),
    () => sessions.touch('a', now, now),
    () => sessions.end(sampleTombstone('nobody')),
    () => sessions.find('subject', ['a']),
    () => once.claim('state', now, now + 1),
    () => once.isClaimed('state', now),
    () => leases.acquire('grant', 'holder', now, now + 1),
    () => leases.markAttempt('grant', 'nobody'),
    () => leases.release('grant', 'nobody'),
    () => store.sweep(now, 100, 0),
    () => store.ping(),
  ];
}

/** Milliseconds until all of these were refused as they should be. */
async function timeToRefuse(methods: readonly (() => Promise<unknown>)[]): Promise<number> {
  const startedAt = performance.now();
  const outcomes = await Promise.allSettled(methods.map((method) => method()));
  const elapsed = performance.now() - startedAt;
  for (const outcome of outcomes) expect(outcome).toMatchObject({ status: 'rejected', reason: unavailable });
  return elapsed;
}

describe.each(servers)('a $name store', ({ start }) => {
  let server: Server;
  const open: Store[] = [];
  let spaces = 0;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.end());
  afterEach(async () => {
    for (const store of open.splice(0)) await store.close();
  });

  function newSpace(): string {
    spaces += 1;
    return server.space(`space_${spaces}`);
  }

  /** With a long timeout, where time is not what a test is about: the machine has other work. */
  async function opened(url: string, clock?: StoreClock, timeout = 10_000): Promise<Store> {
    const store = await openStore(`${url}&timeout=${timeout}`, {
      env: {},
      ...(clock === undefined ? {} : { clock }),
    });
    open.push(store);
    return store;
  }

  test('whose server stands still answers with an error within a second or so, and works on when it goes on', async () => {
    const store = await opened(newSpace(), undefined, 1000);
    await store.sessions.create(sampleSession('a'));
    const told = record(store);
    server.signal('SIGSTOP');
    try {
      expect(await timeToRefuse(everyMethod(store))).toBeLessThan(2000);
      await waitUntil(() => store.changes.staleFor() > 1000);
    } finally {
      server.signal('SIGCONT');
    }
    await waitUntil(() => told.some(({ kind }) => kind === 'missed') && store.changes.staleFor() < 1000);
    await waitUntil(() =>
      store.sessions.read('a').then(
        ({ kind }) => kind === 'session',
        () => false,
      ),
    );
    await expectSession(store, sampleSession('a'));
    expect(await store.sessions.update(sampleSession('a', { version: 2 }), 1)).toBe(true);
    expect(told.at(-1)).toEqual({ kind: 'updated', id: 'a' });
  });

  test('refuses at once while its server is gone, and finds it again by itself', async () => {
    const store = await opened(newSpace(), undefined, 1000);
    await store.sessions.create(sampleSession('a'));
    const told = record(store);
    await server.end('SIGKILL');
    expect(await timeToRefuse(everyMethod(store))).toBeLessThan(2000);
    await waitUntil(() => store.changes.staleFor() > 1000);
    expect(await timeToRefuse(everyMethod(store))).toBeLessThan(500);
    expect(told).toEqual([]);

    server = await server.again();
    await waitUntil(() => store.changes.staleFor() < 1000);
    expect(told).toEqual([{ kind: 'missed' }]);
    await expectSession(store, sampleSession('a'));
    expect(await store.sessions.end(sampleTombstone('a'))).toBe(true);
    expect(told).toEqual([{ kind: 'missed' }, { kind: 'ended', id: 'a' }]);
  });

  test('says that it missed something when its connection was cut, and hears on', async () => {
    const url = newSpace();
    const [store, other] = [await opened(url), await opened(url)];
    await store.sessions.create(sampleSession('a'));
    const told = [record(store), record(other)];
    await server.kick();
    for (const list of told) await waitUntil(() => list.length > 0);
    for (const list of told) expect(list).toEqual([{ kind: 'missed' }]);
    await waitUntil(() => store.changes.staleFor() < 1000 && other.changes.staleFor() < 1000);
    // The first call may meet a connection that is dead and does not know it yet.
    const end = () => store.sessions.end(sampleTombstone('a'));
    await waitUntil(() =>
      end().then(
        (done) => done,
        () => false,
      ),
    );
    await waitUntil(() => told.every((list) => list.length === 2));
    for (const list of told) expect(list[1]).toEqual({ kind: 'ended', id: 'a' });
  });

  test('counts as complete only as of the last answer, by the monotonic clock', async () => {
    const time = { monotonic: 0 };
    const clock = { now: () => now, monotonic: () => time.monotonic };
    const store = await opened(newSpace(), clock, 1000);
    time.monotonic = 700;
    await waitUntil(() => store.changes.staleFor() === 0);
    // As after a long pause of this process.
    time.monotonic = 60_000;
    expect(store.changes.staleFor()).toBe(59_300);
    await waitUntil(() => store.changes.staleFor() === 0);

    server.signal('SIGSTOP');
    try {
      time.monotonic = 61_001;
      await expect(store.ping()).rejects.toMatchObject(unavailable);
      expect(store.changes.staleFor()).toBeGreaterThan(1000);
    } finally {
      server.signal('SIGCONT');
    }
  });

  test('keeps to its own prefix or schema', async () => {
    const [one, other] = [await opened(newSpace()), await opened(newSpace())];
    const told = record(other);
    await one.sessions.create(sampleSession('a'));
    await one.once.claim('state', now, now + 1000);
    await one.leases.acquire('grant', 'holder', now, now + 1000);
    expect(await other.sessions.read('a')).toEqual({ kind: 'nothing' });
    expect(await other.sessions.find('subject', ['subject of a'])).toEqual([]);
    expect(await other.once.isClaimed('state', now)).toBe(false);
    expect(await other.leases.acquire('grant', 'holder', now, now + 1000)).toMatchObject({ acquired: true });
    await other.sweep(now + 86_400_000, 100, 1000);
    await expectSession(one, sampleSession('a'));
    await one.sessions.end(sampleTombstone('a'));
    await other.sessions.create(sampleSession('b'));
    await other.sessions.end(sampleTombstone('b'));
    expect(told).toEqual([{ kind: 'ended', id: 'b' }]);
  });
});
