import { equal } from 'node:assert/strict';
import { type Check, countTrue, expectFalse, expectTrue, now } from './subject.ts';

export const onceCases: readonly Check[] = [
  {
    name: 'once: gives a name once',
    async check({ store }) {
      await expectTrue(store.once.claim('state', now, now + 1000));
      await expectFalse(store.once.claim('state', now, now + 1000));
      await expectTrue(store.once.claim('other state', now, now + 1000));
    },
  },
  {
    name: 'once: gives a name to one of many who ask at once',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      const claims = stores.flatMap(({ once }) =>
        Array.from({ length: 20 }, () => once.claim('state', now, now + 1000)),
      );
      equal(await countTrue(claims), 1);
    },
  },
  {
    name: 'once: keeps a name until it expires, whatever later claims asked for',
    async check({ store }) {
      await expectTrue(store.once.claim('state', now, now + 1000));
      await expectFalse(store.once.claim('state', now + 999, now + 9000));
      await expectTrue(store.once.claim('state', now + 1000, now + 2000));
      await expectFalse(store.once.claim('state', now + 1999, now + 9000));
    },
  },
  {
    name: 'once: gives an expired name to one of many who ask at once',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      await expectTrue(store.once.claim('state', now, now + 1000));
      const claims = stores.flatMap(({ once }) =>
        Array.from({ length: 20 }, () => once.claim('state', now + 2000, now + 3000)),
      );
      equal(await countTrue(claims), 1);
    },
  },
  {
    name: 'once: tells whether a name is taken without taking it',
    async check({ store, openAgain }) {
      const other = (await openAgain?.()) ?? store;
      await expectFalse(store.once.isClaimed('marker', now));
      await expectTrue(store.once.claim('marker', now, now + 1000));
      await expectTrue(other.once.isClaimed('marker', now + 999));
      await expectFalse(other.once.isClaimed('marker', now + 1000));
      await expectFalse(store.once.isClaimed('other marker', now));
    },
  },
];
