import { expect, test } from 'vitest';
import { createCounting } from '../../src/limits/counting.ts';
import { StoreError } from '../../src/store/errors.ts';
import { openMemoryStore } from '../../src/store/memory.ts';
import type { CounterStore } from '../../src/store/store.ts';

const window = 60_000;

/** Instances of a BFF that share one store, which can be away, and one clock. */
async function fleet(size: number) {
  const { counters } = await openMemoryStore();
  const world = { time: 1_800_000_000_000, away: false, asked: 0, alone: 0 };
  const shared: CounterStore = {
    async increment(...call) {
      world.asked += 1;
      if (world.away) throw new StoreError('store_unavailable', 'away');
      return counters.increment(...call);
    },
  };
  const now = () => world.time;
  const onAlone = () => {
    world.alone += 1;
  };
  const instances = Array.from({ length: size }, () =>
    createCounting({ counters: shared, now, monotonic: now, onAlone }),
  );
  /** How many of so many calls, one instance after the other, are within the limit. */
  const passed = async (calls: number, max: number, name = 'login:somebody') => {
    let count = 0;
    for (let call = 0; call < calls; call += 1) {
      const counted = await instances[call % size]?.count(name, max, window);
      if (counted && counted.count <= max) count += 1;
    }
    return count;
  };
  return { world, instances, passed };
}

test('all instances count together', async () => {
  const { passed } = await fleet(3);
  expect(await passed(100, 20)).toBe(20);
});

test('calls at the same moment are counted one by one', async () => {
  const { instances } = await fleet(2);
  const counted = await Promise.all(
    Array.from({ length: 100 }, (_, call) => instances[call % 2]?.count('login:somebody', 20, window)),
  );
  expect(counted.filter((one) => one && one.count <= 20)).toHaveLength(20);
});

test('the end of the period is the same everywhere, and then the count begins anew', async () => {
  const { world, instances, passed } = await fleet(2);
  const first = await instances[0]?.count('login:somebody', 20, window);
  world.time += 10_000;
  const second = await instances[1]?.count('login:somebody', 20, window);
  expect(second?.expiresAt).toBe(first?.expiresAt);
  expect(await passed(40, 20)).toBe(18);
  world.time += window - 10_000;
  expect(await passed(40, 20)).toBe(20);
});

test('a caller past the limit costs the store nothing', async () => {
  const { world, passed } = await fleet(1);
  await passed(20, 20);
  const before = world.asked;
  expect(await passed(1_000, 20)).toBe(0);
  expect(world.asked).toBe(before);
});

test('a wide limit asks the store now and then, and is off by no more than the fiftieth part per instance', async () => {
  const { world, passed } = await fleet(3);
  const within = await passed(900, 600);
  expect(within).toBeGreaterThanOrEqual(600);
  expect(within).toBeLessThanOrEqual(600 + 3 * 12);
  expect(world.asked).toBeLessThanOrEqual(600 / 12 + 3);
  await passed(11, 600, 'session:a page that polls');
  expect(world.asked).toBeLessThanOrEqual(600 / 12 + 3);
});

test('while the store is away each instance counts alone: nobody is locked out, and nothing is wide open', async () => {
  const { world, passed } = await fleet(2);
  expect(await passed(10, 20)).toBe(10);
  world.away = true;
  expect(await passed(200, 20)).toBe(2 * 20 - 10 - 9);
  expect(await passed(200, 20, 'login:somebody else')).toBe(2 * 20);
});

test('a store that is away is asked every five seconds, not at every call, and said so then', async () => {
  const { world, passed } = await fleet(1);
  world.away = true;
  await passed(50, 100);
  expect(world).toMatchObject({ asked: 1, alone: 1 });
  world.time += 4_999;
  await passed(10, 100);
  expect(world.asked).toBe(1);
  world.time += 1;
  await passed(10, 100);
  expect(world.asked).toBe(2);
});

test('what was counted while the store was away is told when it is back', async () => {
  const { world, instances } = await fleet(2);
  world.away = true;
  for (let call = 0; call < 15; call += 1) await instances[0]?.count('login:somebody', 20, window);
  world.away = false;
  world.time += 5_000;
  await instances[0]?.count('login:somebody', 20, window);
  expect((await instances[1]?.count('login:somebody', 20, window))?.count).toBe(17);
});
