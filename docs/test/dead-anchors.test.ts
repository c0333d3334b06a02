import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deadAnchors } from '../.vitepress/dead-anchors.ts';

let site: string;
beforeAll(() => {
  site = mkdtempSync(path.join(tmpdir(), 'coatcheck-site-'));
  mkdirSync(path.join(site, 'guides'));
  writeFileSync(
    path.join(site, 'index.html'),
    `<h2 id="here">Here</h2>
<a href="#here">fine</a> <a class="x" href="/docs/guides/one#first">fine</a>
<a href="#gone">dead</a> <a href="/docs/guides/one#gone">dead</a> <a href="https://other.example/#x">not ours</a>`,
  );
  writeFileSync(
    path.join(site, 'guides/one.html'),
    '<h2 id="first">First</h2><a href="./../index#here">fine</a><a href="./two#x">dead: no such page</a>',
  );
});
afterAll(() => rmSync(site, { recursive: true, force: true }));

it('finds links to places that are not there, and only those', () => {
  expect(deadAnchors(site, '/docs/').sort()).toEqual([
    'guides/one.html: ./two#x',
    'index.html: #gone',
    'index.html: /docs/guides/one#gone',
  ]);
});
