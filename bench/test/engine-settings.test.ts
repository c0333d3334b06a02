import { expect, test } from 'vitest';
import { parseEngineSettings } from '../engine/settings.ts';

const known = { parts: ['stores', 'cache'], stores: ['SQLite', 'Redis'] };

test('by default everything is measured and kept, with a million sessions', () => {
  expect(parseEngineSettings([], known)).toMatchObject({ full: true, sessions: 1_000_000 });
});

test.each([[['--small']], [['--only=cache']], [['--store=Redis', '--store=SQLite']]])(
  'a run with %s is not kept',
  (args) => {
    expect(parseEngineSettings(args, known).full).toBe(false);
  },
);

test('unknown parts, stores and options are refused by name', () => {
  expect(() => parseEngineSettings(['--only=caches'], known)).toThrow('caches; there are: stores, cache');
  expect(() => parseEngineSettings(['--store=redis'], known)).toThrow('redis; there are: SQLite, Redis');
  expect(() => parseEngineSettings(['--tiny'], known)).toThrow('--tiny');
});
