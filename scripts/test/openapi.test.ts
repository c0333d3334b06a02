import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderOpenApi } from '../openapi/document.ts';

it('keeps docs/openapi.json what the code says', () => {
  const written = readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
  expect(written, 'run: node scripts/openapi.ts').toBe(renderOpenApi());
});
