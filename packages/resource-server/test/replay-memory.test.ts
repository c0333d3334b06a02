import { expect, it } from 'vitest';
import { createReplayMemory } from '../src/dpop/replay.ts';

it('forgets keys when their time is over, and not before', () => {
  let now = 0;
  const memory = createReplayMemory(() => now);
  expect(memory.claim('a', 10)).toBe(true);
  now = 9_999;
  expect(memory.claim('a', 10)).toBe(false);
  now = 10_000;
  expect(memory.claim('a', 10)).toBe(true);
});

it('is bounded: full, it fails rather than forgets, and works again when there is room', () => {
  let now = 0;
  const memory = createReplayMemory(() => now, 3);
  for (const key of ['a', 'b', 'c']) expect(memory.claim(key, 10)).toBe(true);
  expect(() => memory.claim('d', 10)).toThrow('set dpop.replay');
  expect(memory.claim('a', 10)).toBe(false);
  now = 10_000;
  expect(memory.claim('d', 10)).toBe(true);
});
