import { expect, test } from 'vitest';
import { limitSettings } from '../../src/options/limits.ts';
import { schemaProblems } from '../../src/options/problems.ts';
import { ruleProblems } from '../../src/options/rules.ts';
import { optionsSchema } from '../../src/options/schema.ts';

const keysOf = (limits: object) =>
  [...schemaProblems(optionsSchema, { limits }), ...ruleProblems({ limits })]
    .map(({ key }) => key)
    .filter((key) => key.startsWith('limits'));

test('who says nothing has limits, and calls are shed', () => {
  const { rates, overload } = limitSettings();
  expect(rates?.login).toEqual({ max: 60, window: 60_000 });
  // Whoever was let start twice in a row, at the edge of two windows, may also come back.
  expect(rates?.callback.max).toBe(2 * (rates?.login.max ?? 0));
  expect(overload).toEqual({ eventLoopDelay: 500, eventLoopUtilization: 0, heapUsed: 0, residentSet: 0 });
});

test('one limit can be changed without the others', () => {
  const { rates } = limitSettings({ session: { max: 10, window: '30s' } });
  expect(rates?.session).toEqual({ max: 10, window: 30_000 });
  expect(rates?.login.max).toBe(60);
});

test('only the loud switch turns rate limits off: nothing else is none', () => {
  expect(limitSettings({ insecureNoRateLimits: true }).rates).toBeUndefined();
  expect(keysOf({ login: { max: 0 } })).toEqual(['limits.login.max']);
  expect(keysOf({ callback: { window: '0s' } })).toEqual(['limits.callback.window']);
  expect(keysOf({ session: { window: 'soon' } })).toEqual(['limits.session.window']);
  expect(keysOf({ login: false })).toEqual(['limits.login']);
  expect(keysOf({ overload: { eventLoopUtilization: 101 } })).toEqual([
    'limits.overload.eventLoopUtilization',
  ]);
});
