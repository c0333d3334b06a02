import { globSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { fileOf, sections } from '../../docs/.vitepress/sidebar.ts';

const docs = path.join(import.meta.dirname, '../../docs');

it('every page of the documentation is in the sidebar, once', () => {
  const pages = globSync('**/*.md', { cwd: docs, exclude: (name) => /node_modules|\.vitepress/.test(name) });
  const listed = sections.flatMap(({ items }) => items.map(({ link }) => fileOf(link)));
  expect(new Set(listed).size).toBe(listed.length);
  expect(pages.filter((page) => page !== 'index.md' && !listed.includes(page))).toEqual([]);
});
