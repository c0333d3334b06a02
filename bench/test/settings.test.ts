import { expect, test } from 'vitest';
import { chosen, isFull, parseSettings } from '../settings.ts';
import { workloads } from '../workloads.ts';

const known = { targets: ['coatcheck', 'nginx'], parts: workloads.map(({ name }) => name) };

test('by default everything is measured for as long as it takes, and kept', () => {
  const settings = parseSettings([], known);
  expect(settings).toEqual({ quick: false, rounds: undefined, targets: undefined, parts: undefined });
  expect(isFull(settings)).toBe(true);
  expect(chosen(workloads, settings)).toEqual(workloads);
});

test('each workload has five rounds or more', () => {
  expect(Math.min(...workloads.map(({ rounds }) => rounds))).toBeGreaterThanOrEqual(5);
});

test.each([['--quick'], ['--rounds=20'], ['--targets=coatcheck; nginx'], ['--parts=small GET']])(
  'a run with %s is not kept',
  (option) => {
    expect(isFull(parseSettings([option], known))).toBe(false);
  },
);

test('a quick run is one short round of everything', () => {
  const quick = chosen(workloads, parseSettings(['--quick'], known));
  expect(quick.map(({ rounds, seconds }) => [rounds, seconds])).toEqual(workloads.map(() => [1, 1]));
});

test('some parts can be asked for, and another number of rounds', () => {
  const settings = parseSettings(['--parts=100 KB POST; small GET', '--rounds=3'], known);
  const some = chosen(workloads, settings);
  expect(some.map(({ name, rounds }) => [name, rounds])).toEqual([
    ['small GET', 3],
    ['100 KB POST', 3],
  ]);
});

test.each(['many', '0', '-1', '', '1.5'])('%o rounds are refused by name', (rounds) => {
  expect(() => parseSettings([`--rounds=${rounds}`], known)).toThrow('--rounds');
});

test('an unknown option, target or part is refused, with those there are', () => {
  expect(() => parseSettings(['--fast'], known)).toThrow('--fast');
  expect(() => parseSettings(['--targets=coatchek'], known)).toThrow('coatchek; there are: coatcheck; nginx');
  expect(() => parseSettings(['--parts=GET'], known)).toThrow('there are: small GET; 100 KB GET');
});
