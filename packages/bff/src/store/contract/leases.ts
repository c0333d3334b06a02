import { deepEqual, equal, fail, ok } from 'node:assert/strict';
import type { Store } from '../store.ts';
import { type Check, expectFalse, expectTrue, now } from './subject.ts';

export const leaseCases: readonly Check[] = [
  {
    name: 'leases: gives a lease to one of many who ask at once',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      const answers = await Promise.all(
        stores.flatMap(({ leases }, handle) =>
          Array.from({ length: 10 }, (_, index) =>
            leases.acquire('grant', `holder ${handle}.${index}`, now, now + 1000),
          ),
        ),
      );
      equal(answers.filter(({ acquired }) => acquired).length, 1);
    },
  },
  {
    name: 'leases: says until when it is held, to its own holder too',
    async check({ store }) {
      await acquire(store, 'one', now);
      const held = { acquired: false, expiresAt: now + 1000 };
      deepEqual(await store.leases.acquire('grant', 'two', now + 500, now + 1500), held);
      deepEqual(await store.leases.acquire('grant', 'one', now + 999, now + 1999), held);
    },
  },
  {
    name: 'leases: keeps names apart',
    async check({ store }) {
      await acquire(store, 'one', now);
      const other = await store.leases.acquire('other grant', 'two', now, now + 1000);
      ok(other.acquired);
      await store.leases.release('other grant', 'one');
      await expectTrue(store.leases.markAttempt('other grant', 'two'));
    },
  },
  {
    name: 'leases: frees a lease by release, for whoever comes next',
    async check({ store }) {
      await acquire(store, 'one', now);
      await expectTrue(store.leases.markAttempt('grant', 'one'));
      await store.leases.release('grant', 'one');
      await expectFalse(store.leases.markAttempt('grant', 'one'));
      equal((await acquire(store, 'two', now)).afterAttempt, false);
    },
  },
  {
    name: 'leases: frees a lease by letting it expire',
    async check({ store }) {
      await acquire(store, 'one', now);
      equal((await acquire(store, 'two', now + 1000)).afterAttempt, false);
      await expectFalse(store.leases.markAttempt('grant', 'one'));
      await expectTrue(store.leases.markAttempt('grant', 'two'));
    },
  },
  {
    name: 'leases: tells who takes over that the holder before had sent its request',
    async check({ store, openAgain }) {
      const other = (await openAgain?.()) ?? store;
      await acquire(store, 'one', now);
      await expectTrue(store.leases.markAttempt('grant', 'one'));
      equal((await acquire(other, 'two', now + 1000)).afterAttempt, true);
      equal((await acquire(store, 'three', now + 2000)).afterAttempt, false);
    },
  },
  {
    name: 'leases: leaves an expired lease to its holder until somebody takes it',
    async check({ store }) {
      await acquire(store, 'one', now);
      await expectTrue(store.leases.markAttempt('grant', 'one'));
      await store.leases.release('grant', 'one');
      equal((await acquire(store, 'two', now + 5000)).afterAttempt, false);
    },
  },
  {
    name: 'leases: ignores the release and the attempt of who does not hold it',
    async check({ store }) {
      await store.leases.release('grant', 'nobody');
      await expectFalse(store.leases.markAttempt('grant', 'nobody'));
      await acquire(store, 'one', now);
      await acquire(store, 'two', now + 1000);
      await store.leases.release('grant', 'one');
      await expectFalse(store.leases.markAttempt('grant', 'one'));
      const still = await store.leases.acquire('grant', 'three', now + 1500, now + 2500);
      deepEqual(still, { acquired: false, expiresAt: now + 2000 });
      equal((await acquire(store, 'three', now + 2000)).afterAttempt, false);
    },
  },
  {
    name: 'leases: gives a greater fence each time, over releases, expiry and sweeps',
    async check({ store, openAgain }) {
      const other = (await openAgain?.()) ?? store;
      const fences: number[] = [];
      fences.push((await acquire(store, 'one', now)).fence);
      await store.leases.release('grant', 'one');
      fences.push((await acquire(other, 'two', now)).fence);
      fences.push((await acquire(store, 'three', now + 1000)).fence);
      const muchLater = now + 30 * 86_400_000;
      await store.sweep(muchLater, 100, 0);
      fences.push((await acquire(other, 'four', muchLater)).fence);
      deepEqual(
        fences,
        fences.toSorted((a, b) => a - b),
      );
      equal(new Set(fences).size, fences.length);
      ok(fences.every((fence) => Number.isSafeInteger(fence)));
    },
  },
];

/** Takes the lease `grant` for a second, which must succeed. */
async function acquire(store: Store, holder: string, at: number) {
  const answer = await store.leases.acquire('grant', holder, at, at + 1000);
  if (!answer.acquired) fail(`${holder} did not get the lease, held until ${answer.expiresAt}`);
  return answer;
}
