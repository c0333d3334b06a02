import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAdvisories, readRequirements } from '../requirements.ts';

const root = path.join(import.meta.dirname, '../..');
const requirements = readRequirements();
const advisories = readAdvisories();
const cited = citations();

test('the catalogue has its 200 rows, each once', () => {
  expect(requirements).toHaveLength(200);
  expect(new Set(requirements.map(({ id }) => id)).size).toBe(200);
  expect(requirements.filter(({ level }) => level === 'MUST')).toHaveLength(166);
  expect(advisories.map(({ number }) => number)).toEqual(Array.from({ length: 75 }, (_, at) => at + 1));
});

test('a row that says it is covered here has a test, and a row with a test says so', () => {
  const claimed = requirements.filter(({ coverage }) => coverage.here).map(({ id }) => id);
  expect([...cited.ids].sort()).toEqual(claimed.sort());
  const claimedAdvisories = advisories.filter(({ coverage }) => coverage?.here).map(({ number }) => number);
  expect([...cited.advisories].sort((a, b) => a - b)).toEqual(claimedAdvisories);
});

test('a row that is covered elsewhere is cited there', () => {
  const files = [...requirements, ...advisories].flatMap((row) =>
    (row.coverage?.elsewhere ?? []).map(
      (file) => [file, 'id' in row ? row.id : `advisory ${row.number}`] as const,
    ),
  );
  const missing = files.filter(([file, name]) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    return !new RegExp(`${name}\\b`, 'i').test(text);
  });
  expect(missing).toEqual([]);
});

/** What the tests of this folder cite, read from their sources: a filtered run would not know them all. */
function citations(): { ids: Set<string>; advisories: Set<number> } {
  const ids = new Set<string>();
  const numbers = new Set<number>();
  for (const file of globSync('conformance/tests/**/*.test.ts', { cwd: root })) {
    const source = readFileSync(path.join(root, file), 'utf8');
    const calls = source.matchAll(
      /\b(?:requirement|advisory)\(\s*(?:(\d+|\[[\d,\s]*\]),\s*)?('[^']*'|\[[^\]]*\])/g,
    );
    for (const [, listed = '', rows = ''] of calls) {
      for (const [number] of listed.matchAll(/\d+/g)) numbers.add(Number(number));
      for (const [id] of rows.matchAll(/BFF-[A-Z]+-\d\d/g)) ids.add(id);
    }
  }
  return { ids, advisories: numbers };
}
