import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readAdvisories, readRequirements } from '../../conformance/requirements.ts';

const root = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(root, 'docs/security.md'), 'utf8');
const requirements = new Map(readRequirements().map(({ id, coverage }) => [id, coverage]));
const advisories = new Map(readAdvisories().map(({ number, coverage }) => [number, coverage]));

/** Threat and tests of each row of the tables, all of which end with a column of tests. */
const rows = ['Threats', 'What RFC 10017 describes']
  .flatMap((heading) => (new RegExp(`## ${heading}\\n(.*?)\\n## `, 's').exec(text)?.[1] ?? '').split('\n'))
  .filter((line) => line.startsWith('| ') && !/^\| (Threat|Scenario|Section) \|/.test(line))
  .map((line) => {
    const [, threat = '', , tests = ''] = line.split(' | ').join('|').split('|');
    return { threat: threat.trim(), tests: tests.trim() };
  });

/** `BFF-SESS-03, -04`, `BFF-REF-03 to -05`, `advisories 2, 3`: each by itself. */
function namesIn(tests: string) {
  const ids: string[] = [];
  const numbers: number[] = [];
  const files: string[] = [];
  let family = '';
  for (const part of tests.split(', ')) {
    const [, first, from = '', to = from] = /^(BFF-[A-Z]+)?-(\d\d)(?: to -(\d\d))?$/.exec(part) ?? [];
    family = first ?? family;
    const advisory = /^(?:advisor(?:y|ies) )?(\d+)$/.exec(part)?.[1];
    if (from !== '')
      for (let number = Number(from); number <= Number(to); number++)
        ids.push(`${family}-${String(number).padStart(2, '0')}`);
    else if (advisory !== undefined) numbers.push(Number(advisory));
    else files.push(part);
  }
  return { ids, numbers, files };
}

it('every threat names a test', () => {
  expect(rows.length).toBeGreaterThan(45);
  for (const { threat, tests } of rows) expect(tests, threat).not.toBe('');
});

it.each(rows)('$threat: its tests exist', ({ tests }) => {
  const { ids, numbers, files } = namesIn(tests);
  const tested = { here: expect.anything() };
  for (const id of ids) {
    const { here, elsewhere } = requirements.get(id) ?? {};
    expect(here ?? elsewhere, id).toBeDefined();
  }
  for (const number of numbers) expect(advisories.get(number), `advisory ${number}`).toMatchObject(tested);
  for (const file of files)
    expect(file.endsWith('.ts') && existsSync(path.join(root, file)), file).toBe(true);
});
