import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLookout } from '../src/session/lookout.ts';
import type { Loaded } from '../src/session/session.ts';

const ended: Loaded = { kind: 'none', reason: 'revoked' };

/** A store that answers one read after the other, when and as the test says. */
function startStore() {
  const reads: PromiseWithResolvers<Loaded>[] = [];
  return {
    reads,
    read: () => {
      const answer = Promise.withResolvers<Loaded>();
      reads.push(answer);
      return answer.promise;
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settled = () => vi.advanceTimersByTimeAsync(0);

test('a look that the store does not answer is repeated, with longer and longer pauses, until it does', async () => {
  const { reads, read } = startStore();
  const [found, unanswered] = [vi.fn<(loaded: Loaded) => void>(), vi.fn<() => void>()];
  const lookout = createLookout(read, found, unanswered);
  lookout.look();
  const failedAt: number[] = [];
  for (let times = 0; times < 8; times += 1) {
    while (reads.length === times) await vi.advanceTimersByTimeAsync(50);
    failedAt.push(Date.now());
    reads[times]?.reject(new Error('it is away'));
    await settled();
  }
  const pauses = failedAt.slice(1).map((at, index) => at - (failedAt[index] ?? 0));
  expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
  expect(unanswered).toHaveBeenCalledTimes(8);
  expect(found).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5_000);
  reads[8]?.resolve(ended);
  await settled();
  expect(found.mock.calls).toEqual([[ended]]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads).toHaveLength(9);
});

test('looks during a read become one more read, and what the first brings does not count', async () => {
  const { reads, read } = startStore();
  const found = vi.fn<(loaded: Loaded) => void>();
  const lookout = createLookout(read, found);
  for (let times = 0; times < 3; times += 1) lookout.look();
  expect(reads).toHaveLength(1);
  reads[0]?.resolve({ kind: 'none', reason: 'none' });
  await settled();
  expect(reads).toHaveLength(2);
  reads[1]?.resolve(ended);
  await settled();
  expect(found.mock.calls).toEqual([[ended]]);
  expect(reads).toHaveLength(2);
});

test('a look during the pause after a failure does not wait for its end', async () => {
  const { reads, read } = startStore();
  const lookout = createLookout(read, () => undefined);
  lookout.look();
  reads[0]?.reject(new Error('it is away'));
  await settled();
  lookout.look();
  expect(reads).toHaveLength(2);
  reads[1]?.resolve(ended);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(reads).toHaveLength(2);
});

test('nothing is told or read after it was closed', async () => {
  const { reads, read } = startStore();
  const told = vi.fn<() => void>();
  const first = createLookout(read, told, told);
  first.look();
  first.close();
  reads[0]?.resolve(ended);
  const second = createLookout(read, told);
  second.look();
  reads[1]?.reject(new Error('it is away'));
  await settled();
  second.close();
  first.look();
  second.look();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).not.toHaveBeenCalled();
  expect(reads).toHaveLength(2);
});
