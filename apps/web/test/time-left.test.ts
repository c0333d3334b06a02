import { expect, test } from 'vitest';
import { timeLeft } from '../src/shell/time-left.ts';

const now = Date.UTC(2026, 10, 24);

test.each([
  [39_600, '11:00:00'],
  [3_909, '1:05:09'],
  [3_600, '1:00:00'],
  [3_599.9, '59:59'],
  [65, '1:05'],
  [9, '0:09'],
  [0, '0:00'],
  [-5, '0:00'],
])('%d seconds are shown as %s', (seconds, shown) => {
  expect(timeLeft(new Date(now + seconds * 1_000), now)).toBe(shown);
});
