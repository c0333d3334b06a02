import { rejects } from 'node:assert/strict';
import { type Check, expectSession, now, sampleSession, sampleTombstone, secondHandle } from './subject.ts';

export const upkeepCases: readonly Check[] = [
  {
    name: 'upkeep: answers a ping',
    async check({ store }) {
      await store.ping();
    },
  },
  {
    name: 'upkeep: closes twice, and refuses work from then on',
    async check({ store }) {
      await store.close();
      await store.close();
      const { sessions, once, leases, counters } = store;
      const session = sampleSession('a');
      const attempts: readonly (() => Promise<unknown>)[] = [
        () => sessions.read('a'),
        () => sessions.create(session),
        () => sessions.update(session, 1),
        () => sessions.touch('a', now, now),
        () => sessions.end(sampleTombstone('a')),
        () => sessions.find('subject', ['a']),
        () => once.claim('a', now, now + 1),
        () => once.isClaimed('a', now),
        () => leases.acquire('a', 'b', now, now + 1),
        () => leases.markAttempt('a', 'b'),
        () => leases.release('a', 'b'),
        () => counters.increment('a', 1, now, 1),
        () => store.sweep(now, 100, 0),
        () => store.ping(),
      ];
      for (const attempt of attempts)
        await rejects(attempt, { name: 'StoreError', code: 'store_unavailable' });
    },
  },
  {
    name: 'upkeep: leaves a second handle at work when the first is closed',
    needsSecondHandle: true,
    async check(subject) {
      const { store } = subject;
      const other = await secondHandle(subject);
      const session = sampleSession('a');
      await store.sessions.create(session);
      await store.close();
      await expectSession(other, session);
      await other.sessions.create(sampleSession('b'));
      await expectSession(other, sampleSession('b'));
    },
  },
];
