import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readCitations } from '../citations.ts';
import { hasTestNamed, readModuleRows, readModules } from '../plans.ts';
import { readAdvisories, readRequirements } from '../requirements.ts';
import { engineFiles, isEngineRow } from '../session-engine.ts';
import { renderTable } from '../table.ts';

const root = path.join(import.meta.dirname, '../..');
const requirements = readRequirements();
const advisories = readAdvisories();
const citations = readCitations(root);

test('the catalogue has its 200 rows, each once', () => {
  expect(requirements).toHaveLength(200);
  expect(new Set(requirements.map(({ id }) => id)).size).toBe(200);
  expect(requirements.filter(({ level }) => level === 'MUST')).toHaveLength(166);
  expect(advisories.map(({ number }) => number)).toEqual(Array.from({ length: 75 }, (_, at) => at + 1));
});

test('a row that says it is covered here has a test, and a row with a test says so', () => {
  const claimed = requirements.filter(({ coverage }) => coverage.here).map(({ id }) => id);
  expect(unique(citations.flatMap(({ ids }) => ids))).toEqual(claimed.sort());
  const claimedAdvisories = advisories.filter(({ coverage }) => coverage?.here).map(({ number }) => number);
  expect(unique(citations.flatMap((cited) => cited.advisories)).sort((a, b) => a - b)).toEqual(
    claimedAdvisories,
  );
});

test('every row of the session engine is in the runs on the other stores, with all its tests', () => {
  const names = [
    ...requirements.map(({ id }) => id),
    ...advisories.map(({ number }) => `advisory ${number}`),
  ].filter(isEngineRow);
  const of = (family: string) => names.filter((name) => name.startsWith(family)).length;
  expect(['BFF-REF-', 'BFF-SESS-', 'BFF-LOGOUT-', 'BFF-LEAK-', 'BFF-OPS-', 'advisory '].map(of)).toEqual([
    15, 11, 6, 1, 1, 8,
  ]);
  const chosen = new Set(engineFiles(root));
  for (const name of names) {
    const files = citations.filter(({ ids, advisories: numbers }) =>
      [...ids, ...numbers.map((number) => `advisory ${number}`)].includes(name),
    );
    expect(files, `nothing cites ${name}`).not.toEqual([]);
    expect(files.filter(({ file }) => !chosen.has(file)).map(({ file }) => `${name} in ${file}`)).toEqual([]);
  }
});

test('the table of a run on another store has that store, its rows, and those that ran', () => {
  const passed = { passed: 2, failed: 0 };
  const lines = renderTable(new Map([['BFF-COOK-01', passed]]), 'redis').split('\n');
  expect(lines[0]).toContain('redis');
  expect(lines.filter((line) => line.startsWith('BFF-COOK'))).toEqual([expect.stringContaining('2 passed')]);
  expect(lines.find((line) => line.startsWith('BFF-REF-01'))).toContain('not run');
  expect(lines.find((line) => line.startsWith('BFF-LOGOUT-01'))).toBeUndefined();
  expect(lines.at(-1)).toBe('advisories on redis: 8 not run');
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

test('each module of the relying-party plans has its row, and each row its test', () => {
  const rows = readModuleRows();
  expect(rows.map(({ plan, module }) => `${plan} ${module}`)).toEqual(readModules());
  expect(rows.length).toBeGreaterThan(60);
  const everywhere = globSync('conformance/**/*.ts', { cwd: root, exclude: ['**/node_modules'] })
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n');
  for (const { module, test: named, awaits } of rows) {
    if (named) {
      const source = readFileSync(path.join(root, named.file), 'utf8');
      expect(hasTestNamed(source, everywhere, named.name), `${module}: ${named.file}: ${named.name}`).toBe(
        true,
      );
    } else {
      const row = requirements.find(({ id }) => id === awaits);
      expect(row?.coverage.later, `${module} has neither a test nor a row that it waits for`).toBeDefined();
    }
  }
});

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort();
}
