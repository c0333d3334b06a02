import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkArrows } from '../arrows/check.ts';
import { plant, problemsIn } from './arrows-tree.ts';

test.each([
  ['import type', "import type { Session } from '../session/record.ts';"],
  ['an inline type import', "import { type Session } from '../session/record.ts';"],
  ['import() as a type', "let session: import('../session/record.ts').Session;"],
  ['import()', "const load = () => import('../session/record.ts');"],
  ['export from', "export { open } from '../session/record.ts';"],
  ['export * from', "export * from '../session/record.ts';"],
  ['export type from', "export type { Session } from '../session/record.ts';"],
  ['require()', "const record = require('../session/record.ts');"],
  ['an import over several lines', "import {\n  open,\n  seal,\n} from '../session/record.ts';"],
])('sees %s', (_, source) => {
  expect(problemsIn({ 'packages/bff/src/ticket/open.ts': source })).toEqual([
    expect.stringMatching(/^packages\/bff\/src\/ticket\/open\.ts:1 imports \.\.\/session\/record\.ts: /),
  ]);
});

test('does not take comments, strings, templates, patterns or JSX text for imports', () => {
  const source = [
    "// import '../plugin.ts';",
    "/* import '../plugin.ts'; */",
    "/** @example import '../plugin.ts'; */",
    'export const a = "import \'../plugin.ts\'";',
    "export const b = `import '../plugin.ts'; $" + '{\'import "../plugin.ts"\'}`;',
    "export const c = /import '..\\/plugin.ts'/;",
  ].join('\n');
  const page = "export const Page = () => <p>Don't `import '../main.tsx'`; {/* import '../a.tsx' */}</p>;";
  expect(problemsIn({ 'packages/bff/src/login/a.ts': source, 'apps/web/src/page.tsx': page })).toEqual([]);
});

test('sees what stands behind an apostrophe and a backtick in JSX text', () => {
  const page =
    "export const Page = () => <p>Don't ` stop</p>;\nexport const next = () => import('coatcheck');";
  expect(problemsIn({ 'apps/web/src/page.tsx': page })).toEqual([
    'apps/web/src/page.tsx:2 imports coatcheck: apps import packages only',
  ]);
});

test('refuses an import cycle inside a package, once', () => {
  const problems = problemsIn({
    'packages/client/src/a.ts': "import './b.ts';",
    'packages/client/src/b.ts': "import type { C } from './c.ts';",
    'packages/client/src/c.ts': "\nexport { a } from './a.ts';",
    'packages/client/src/d.ts': "import './a.ts';\nimport './c.ts';",
  });
  expect(problems).toEqual([
    'packages/client/src/a.ts:1 imports packages/client/src/b.ts: import cycle packages/client/src/a.ts → packages/client/src/b.ts → packages/client/src/c.ts → packages/client/src/a.ts',
  ]);
});

test('refuses a file that imports itself', () => {
  expect(problemsIn({ 'packages/client/src/a.ts': "import './a.ts';" })).toHaveLength(1);
});

test('fails when git lists a file that the walk did not see', () => {
  const root = plant({ 'packages/bff/src/index.ts': '', 'packages/bff/dist/index.ts': '' });
  expect(checkArrows(root).problems).toEqual([
    'packages/bff/dist/index.ts is in git, but this check did not look at it',
  ]);
});

test('fails on a file that cannot be parsed', () => {
  expect(problemsIn({ 'packages/bff/src/index.ts': 'import {' })).toEqual([
    expect.stringContaining('packages/bff/src/index.ts cannot be parsed'),
  ]);
});

test('sees a file that is not committed yet, and does not miss one that was deleted', () => {
  const root = plant({ 'packages/bff/src/index.ts': '', 'packages/bff/src/plugin.ts': '' });
  execFileSync('git', ['add', '.'], { cwd: root });
  rmSync(path.join(root, 'packages/bff/src/plugin.ts'));
  writeFileSync(path.join(root, 'packages/bff/src/observe.js'), '');
  expect(checkArrows(root)).toMatchObject({ files: 2, problems: [] });
});
