import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as client from '@coatcheck/client';
import * as react from '@coatcheck/react';
import * as router from '@coatcheck/react/router';
import { expect, it } from 'vitest';
import { sdkExports } from '../../scripts/reference/sdk/render.ts';
import { examples } from '../stage/examples.ts';

const docs = path.join(import.meta.dirname, '..');
const pages = globSync('sdk/*.md', { cwd: docs }).filter((page) => page !== 'sdk/reference.md');
const text = pages.map((page) => readFileSync(path.join(docs, page), 'utf8')).join('\n');

it('the pages of the SDK speak of everything that it exports to be called', () => {
  const values = [client, react, router].flatMap((module) => Object.keys(module));
  expect(values.filter((name) => !new RegExp(`\\b${name}\\b`).test(text))).toEqual([]);
});

it('the reference has every value that the packages export, and no other', () => {
  const listed = sdkExports().flatMap(({ declarations }) =>
    declarations.filter(({ kind }) => kind !== 'type').map(({ name }) => name),
  );
  const exported = [...Object.keys(react), ...Object.keys(router)];
  expect(listed.sort()).toEqual(exported.sort());
});

it('every live example is in a page, and every file that a page names is one', () => {
  const named = [...text.matchAll(/^\[Live example\]\(\.\.\/examples\/([^)]+)\)$/gm)].map(([, file]) => file);
  expect([...new Set(named)].sort()).toEqual(Object.keys(examples).sort());
  const files = globSync('**/*.{ts,tsx}', { cwd: path.join(docs, 'examples') });
  expect(files.sort()).toEqual(Object.keys(examples).sort());
});
