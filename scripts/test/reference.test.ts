import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderReference } from '../reference/render.ts';

it('keeps docs/configuration.md what the schema says', () => {
  const written = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  expect(written, 'run: node scripts/reference.ts').toBe(renderReference());
});
