import { expect, test, vi } from 'vitest';
import { holdLock } from '../src/live/web-lock.ts';

test('one page holds the lock; the next in the queue gets it when it is let go of or stolen', async () => {
  const told: string[] = [];
  const claim = (who: string, steal = false) =>
    holdLock(navigator.locks, 'coatcheck:test', {
      steal,
      onHeld: () => told.push(`${who} holds`),
      onLost: () => told.push(`${who} lost`),
    });

  const letGo = claim('a');
  await vi.waitFor(() => expect(told).toEqual(['a holds']));
  const leave = claim('b');
  claim('c');
  leave();
  letGo();
  await vi.waitFor(() => expect(told).toEqual(['a holds', 'c holds']));
  const last = claim('d', true);
  await vi.waitFor(() => expect(told.slice(2).sort()).toEqual(['c lost', 'd holds']));
  last();
  last();
  await vi.waitFor(async () => expect((await navigator.locks.query()).held).toEqual([]));
  expect(told).toHaveLength(4);
});

test.each([false, true])('a claim that was given up at once holds nothing (steal: %s)', async (steal) => {
  const onLost = vi.fn();
  const request = { steal, onHeld: () => {}, onLost };
  holdLock(navigator.locks, 'coatcheck:given-up', request)();
  let isFree = false;
  await navigator.locks.request('coatcheck:given-up', () => {
    isFree = true;
  });
  expect(isFree).toBe(true);
  expect(onLost).not.toHaveBeenCalled();
});

test('where the browser refuses locks, nothing is held and nothing is lost', async () => {
  const onHeld = vi.fn();
  const onLost = vi.fn();
  const refusal = Promise.reject(new DOMException('in a sandbox', 'SecurityError'));
  const locks: LockManager = { ...navigator.locks, request: () => refusal, query: () => refusal };
  holdLock(locks, 'coatcheck:test', { steal: false, onHeld, onLost })();
  await refusal.catch(() => {});
  expect(onHeld).not.toHaveBeenCalled();
  expect(onLost).not.toHaveBeenCalled();
});
