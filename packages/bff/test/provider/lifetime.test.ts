import { expect, test } from 'vitest';
import { lifetimeOf } from '../../src/provider/lifetime.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const minute = 60_000;

test.each<[Record<string, string>, number]>([
  [{}, 60],
  [{ 'cache-control': 'max-age=1800' }, 30],
  [{ 'cache-control': 'public, MAX-AGE=1800, must-revalidate' }, 30],
  [{ 'cache-control': 'max-age="1800"' }, 30],
  [{ 'cache-control': 'max-age=1800', age: '600' }, 20],
  [{ 'cache-control': 'max-age=1800', age: 'old' }, 30],
  [{ 'cache-control': 'max-age=0' }, 5],
  [{ 'cache-control': 'max-age=600', age: '6000' }, 5],
  [{ 'cache-control': 'no-store' }, 5],
  [{ 'cache-control': 'private, no-cache, max-age=1800' }, 5],
  [{ 'cache-control': 'max-age=999999999' }, 24 * 60],
  [{ 'cache-control': 'x-max-age=1800' }, 60],
  [{ 'cache-control': 'max-age=soon' }, 60],
  [{ expires: 'Tue, 24 Nov 2026 12:30:00 GMT' }, 30],
  [{ expires: 'Tue, 24 Nov 2026 12:30:00 GMT', date: 'Tue, 24 Nov 2026 12:10:00 GMT' }, 20],
  [{ expires: 'Tue, 24 Nov 2026 11:00:00 GMT' }, 5],
  [{ expires: '0' }, 5],
  [{ expires: 'Tue, 24 Nov 2026 12:30:00 GMT', 'cache-control': 'max-age=1200' }, 20],
])('%j: %i minutes', (headers, minutes) => {
  expect(lifetimeOf(new Headers(headers), now)).toBe(minutes * minute);
});
