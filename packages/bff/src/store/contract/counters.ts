import { deepEqual, equal } from 'node:assert/strict';
import { type Check, now } from './subject.ts';

/** Long enough that no case outlives it where the store itself drops what has expired. */
const window = 600_000;

export const counterCases: readonly Check[] = [
  {
    name: 'counters: add up under a name until its period ends, whatever later calls ask for',
    async check({ store: { counters } }) {
      const expiresAt = now + window;
      deepEqual(await counters.increment('login', 1, now, window), { count: 1, expiresAt });
      deepEqual(await counters.increment('login', 1, now + 1, 2 * window), { count: 2, expiresAt });
      deepEqual(await counters.increment('login', 40, now + window - 1, 1), { count: 42, expiresAt });
    },
  },
  {
    name: 'counters: keep names apart',
    async check({ store: { counters } }) {
      await counters.increment('login:a', 7, now, window);
      equal((await counters.increment('login:b', 1, now, window)).count, 1);
      equal((await counters.increment('login:a', 1, now, window)).count, 8);
    },
  },
  {
    name: 'counters: begin anew after the end of a period',
    async check({ store: { counters } }) {
      await counters.increment('login', 9, now, window);
      const expiresAt = now + 3 * window;
      deepEqual(await counters.increment('login', 2, now + window, 2 * window), { count: 2, expiresAt });
      deepEqual(await counters.increment('login', 1, now + window + 1, window), { count: 3, expiresAt });
    },
  },
  {
    name: 'counters: give each of many who count at once a number of its own',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      const counted = await Promise.all(
        stores.flatMap(({ counters }) =>
          Array.from({ length: 20 }, () => counters.increment('login', 1, now, window)),
        ),
      );
      const numbers = counted.map(({ count }) => count).sort((a, b) => a - b);
      deepEqual(
        numbers,
        Array.from({ length: 40 }, (_, index) => index + 1),
      );
    },
  },
  {
    name: 'counters: begin anew once where many count at once after the end of a period',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      await store.counters.increment('login', 500, now, window);
      const counted = await Promise.all(
        stores.flatMap(({ counters }) =>
          Array.from({ length: 20 }, () => counters.increment('login', 1, now + window, window)),
        ),
      );
      equal(Math.max(...counted.map(({ count }) => count)), 40);
    },
  },
];
