import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readAdvisories } from '../../conformance/requirements.ts';
import { renderAdvisories } from '../reference/advisories.ts';
import { renderReference } from '../reference/render.ts';

const written = (page: string) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');

it('keeps docs/configuration.md what the schema says', () => {
  expect(written('configuration.md'), 'run: node scripts/reference.ts').toBe(renderReference());
});

it('keeps docs/advisories.md what the tests cite, with a test for each row', () => {
  const page = renderAdvisories();
  expect(written('advisories.md'), 'run: node scripts/reference.ts').toBe(page);
  const rows = page.split('\n').filter((line) => /^\| \d/.test(line));
  expect(rows).toHaveLength(readAdvisories().length);
  for (const row of rows) expect(row).toMatch(/\.test\.ts\)( \||,)/);
});
