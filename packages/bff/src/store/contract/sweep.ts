import { deepEqual, equal, ok } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Check,
  expectEnded,
  expectSession,
  expectTrue,
  now,
  record,
  sampleSession,
  sampleTombstone,
  waitForChanges,
} from './subject.ts';

const day = 86_400_000;

export const sweepCases: readonly Check[] = [
  {
    name: 'sweep: turns expired and idle sessions into tombstones that say so, and tells of it',
    async check({ store, openAgain }, patience) {
      const other = await openAgain?.();
      const told = [record(store), ...(other === undefined ? [] : [record(other)])];
      const living = sampleSession('living', { expiresAt: now + 1, idleExpiresAt: now + 1 });
      await store.sessions.create(sampleSession('expired', { expiresAt: now - 9, idleExpiresAt: now + 9 }));
      await store.sessions.create(sampleSession('idle', { expiresAt: now + 9, idleExpiresAt: now - 8 }));
      await store.sessions.create(sampleSession('both', { expiresAt: now, idleExpiresAt: now - 7 }));
      await store.sessions.create(living);
      equal(await store.sweep(now, 100, day), 3);

      const expiresAt = now + day;
      await expectEnded(store, { id: 'expired', reason: 'expired', endedAt: now - 9, expiresAt });
      await expectEnded(store, { id: 'idle', reason: 'idle', endedAt: now - 8, expiresAt });
      await expectEnded(store, { id: 'both', reason: 'expired', endedAt: now - 7, expiresAt });
      await expectSession(store, living);
      deepEqual(await store.sessions.find('subject', ['subject of idle']), []);
      for (const list of told) {
        await waitForChanges(list, 3, patience);
        const endings = list.map((change) => (change.kind === 'ended' ? change.id : change.kind));
        deepEqual(endings.toSorted(), ['both', 'expired', 'idle']);
      }
      equal(await store.sweep(now, 100, day), 0);
    },
  },
  {
    name: 'sweep: spares a session that was used meanwhile',
    async check({ store }) {
      const session = sampleSession('a', { idleExpiresAt: now });
      await store.sessions.create(session);
      await store.sessions.touch('a', now, now + 1000);
      equal(await store.sweep(now + 999, 100, day), 0);
      await expectSession(store, { ...session, idleExpiresAt: now + 1000 });
      equal(await store.sweep(now + 1000, 100, day), 1);
    },
  },
  {
    name: 'sweep: keeps the attempt of an expired lease as long as its answer may come',
    async check({ store }) {
      await store.leases.acquire('grant', 'one', now, now + 1000);
      await store.leases.markAttempt('grant', 'one');
      await store.sweep(now + 120_000, 100, day);
      const taken = await store.leases.acquire('grant', 'two', now + 120_000, now + 121_000);
      ok(taken.acquired && taken.afterAttempt);
    },
  },
  {
    name: 'sweep: goes in steps of at most the limit, and never over 100',
    async check({ store }) {
      const ids = Array.from({ length: 130 }, (_, index) => `session-${index}`);
      await Promise.all(ids.map((id) => store.sessions.create(sampleSession(id, { expiresAt: now }))));
      equal(await store.sweep(now, 10, day), 10);
      equal(await store.sweep(now, 0, day), 0);
      equal(await store.sweep(now, -1, day), 0);
      equal(await store.sweep(now, 1000, day), 100);
      equal(await store.sweep(now, 1000, day), 20);
      for (const id of ids) equal((await store.sessions.read(id)).kind, 'ended');
    },
  },
];

/** For a store whose sweep drops what has expired. */
export const sweptExpiryCases: readonly Check[] = [
  {
    name: 'sweep: drops tombstones, names and counts that have expired, and no others',
    async check({ store }) {
      for (const id of ['old', 'young']) await store.sessions.create(sampleSession(id));
      const young = sampleTombstone('young', { expiresAt: now + 1 });
      await store.sessions.end(sampleTombstone('old', { expiresAt: now }));
      await store.sessions.end(young);
      await store.once.claim('old', now - 2, now);
      await store.once.claim('young', now, now + 1);
      await store.counters.increment('old', 1, now - 2, 2);
      await store.counters.increment('young', 1, now, 1);
      equal(await store.sweep(now, 100, day), 3);
      equal((await store.counters.increment('young', 1, now, 1)).count, 2);
      deepEqual(await store.sessions.read('old'), { kind: 'nothing' });
      await expectEnded(store, young);
      await expectTrue(store.once.isClaimed('young', now));
    },
  },
];

/** For a store that drops what has expired by itself, in the time that passes. */
export const ownExpiryCases: readonly Check[] = [
  {
    name: 'sweep: leaves tombstones and names to expire by themselves, and no others',
    async check({ store }, patience) {
      for (const id of ['old', 'young']) await store.sessions.create(sampleSession(id));
      const young = sampleTombstone('young', { expiresAt: now + 60_000 });
      await store.sessions.end(sampleTombstone('old', { expiresAt: now + 1 }));
      await store.sessions.end(young);
      await store.once.claim('young', now, now + 1);
      equal(await store.sweep(now, 100, day), 0);
      const deadline = performance.now() + patience;
      while ((await store.sessions.read('old')).kind !== 'nothing' && performance.now() < deadline) {
        await delay(20);
      }
      deepEqual(await store.sessions.read('old'), { kind: 'nothing' });
      await expectEnded(store, young);
      await expectTrue(store.once.isClaimed('young', now));
    },
  },
];
