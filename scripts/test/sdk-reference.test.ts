import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderSdkReference, sdkExports } from '../reference/sdk/render.ts';

it('keeps docs/sdk/reference.md what the sources of the SDK say', () => {
  const written = readFileSync(new URL('../../docs/sdk/reference.md', import.meta.url), 'utf8');
  expect(written, 'run: pnpm reference').toBe(renderSdkReference());
});

it('everything that the SDK exports says what it is', () => {
  const silent = sdkExports().flatMap(({ name, declarations }) =>
    declarations.filter(({ doc }) => doc.text === '').map((one) => `${name} ${one.name}`),
  );
  expect(silent).toEqual([]);
});
