import { randomFillSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createHexIds } from '../../src/observe/trace-ids.ts';

test('ids have the length asked for, are lower-case hex and never come twice', () => {
  const ids = createHexIds((pool) => randomFillSync(pool));
  const made = Array.from({ length: 5_000 }, (_, i) => ids(i % 2 === 0 ? 16 : 8));
  expect(made.every((id, i) => new RegExp(`^[0-9a-f]{${i % 2 === 0 ? 32 : 16}}$`).test(id))).toBe(true);
  expect(new Set(made).size).toBe(made.length);
});

test('each random byte is used once', () => {
  let fills = 0;
  const ids = createHexIds((pool) => pool.fill(++fills));
  const first = Array.from({ length: 8_192 / 16 }, () => ids(16));
  expect(new Set(first)).toEqual(new Set(['01'.repeat(16)]));
  expect(ids(16)).toBe('02'.repeat(16));
  expect(fills).toBe(2);
});
