import { expect, test } from 'vitest';
import { isFull, parseSettings } from '../settings.ts';

const known = ['coatcheck', 'nginx'];

test('by default a run is long enough to be kept', () => {
  const settings = parseSettings({}, known);
  expect(settings).toEqual({ rounds: 11, seconds: 2, connections: 64, only: undefined });
  expect(isFull(settings)).toBe(true);
});

test.each([{ BENCH_ROUNDS: '8' }, { BENCH_SECONDS: '0.5' }, { BENCH_TARGETS: 'coatcheck; nginx' }])(
  'a run with %o is not kept',
  (environment) => {
    expect(isFull(parseSettings(environment, known))).toBe(false);
  },
);

test.each([{ BENCH_ROUNDS: 'many' }, { BENCH_ROUNDS: '0' }, { BENCH_SECONDS: '-1' }, { BENCH_SECONDS: '' }])(
  '%o is refused by name',
  (environment) => {
    expect(() => parseSettings(environment, known)).toThrow(Object.keys(environment)[0]);
  },
);

test('an unknown target is refused with those there are', () => {
  expect(() => parseSettings({ BENCH_TARGETS: 'coatchek' }, known)).toThrow(
    'coatchek; there are: coatcheck; nginx',
  );
});
