import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = path.join(import.meta.dirname, '../engine.ts');
const run = promisify(execFile);

/** A small run. @returns the table rows that begin with a name */
async function rowsOf(...args: string[]): Promise<(name: string) => string> {
  const { stdout } = await run(process.execPath, [program, '--small', ...args]);
  return (name) => stdout.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? '';
}

test('a small run measures everything on SQLite, and no signed-in call asks the store', {
  timeout: 300_000,
}, async () => {
  const row = await rowsOf('--store=SQLite');
  expect(row('commands in all signed-in calls')).toBe('| commands in all signed-in calls | 0 in 200 |');
  expect(row('values (sign-outs × 3)')).toBe('| values (sign-outs × 3) | 30 |');
  for (const name of ['p50', 'sign-in, SQLite', 'refresh, SQLite', 'look-up p50']) {
    expect(row(name), name).toMatch(/\d/);
  }
  expect(row('heap of a process that has it cached')).toMatch(/ \| \d,\d{3} \| \d{3},\d{3} \|/);
  const text = await readFile(path.join(import.meta.dirname, '../.data/engine-short.json'), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ results: { stores: [{ name: 'SQLite' }], cache: [{}, {}] } });
});

test('what is written into Redis and PostgreSQL past the server is read and opened as its own, and swept', {
  timeout: 300_000,
}, async () => {
  const row = await rowsOf('--only=stores', '--store=Redis', '--store=PostgreSQL');
  expect(row('look-ups')).toBe('| look-ups | 300 | 300 |');
  expect(row('of the loaded, opened with their ticket’s key')).toMatch(/\| 200 \| 200 \|$/);
  expect(row('sweep of 100, median (longest)')).toMatch(/\d \(\d.*\d \(\d/);
});
