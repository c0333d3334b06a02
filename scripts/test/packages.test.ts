import path from 'node:path';
import { expect, test } from 'vitest';
import { judgePack } from '../packages/judge.ts';
import { publishedMembers } from '../packages/published.ts';
import { runCommand } from '../process/run-command.ts';
import { fakeWorkspace } from './fake-workspace.ts';

const root = path.join(import.meta.dirname, '../..');
const manifest = {
  name: 'thing',
  version: '1.0.0',
  license: 'Apache-2.0',
  type: 'module',
  exports: { '.': { types: './index.d.ts', default: './index.js' } },
};

/** A package as a registry would send it. */
async function packOf(files: Record<string, string>) {
  const all = { 'package.json': JSON.stringify(manifest), ...files };
  const inside = Object.entries(all).map(([name, text]) => [`package/${name}`, text]);
  const folder = fakeWorkspace(Object.fromEntries(inside));
  const file = path.join(folder, 'thing.tgz');
  await runCommand('tar', ['-czf', file, '-C', folder, 'package'], { limitSeconds: 20, output: 'keep' });
  return { name: 'thing', folder: 'packages/thing', hasEntries: true, file };
}

test('every member that is not private is published, whether it has entries or only commands', () => {
  const workspace = fakeWorkspace({
    'packages/one/package.json': JSON.stringify({ name: 'one', exports: './index.js' }),
    'packages/two/package.json': JSON.stringify({ name: 'two', private: true }),
    'apps/three/package.json': JSON.stringify({ name: 'three', bin: './main.js' }),
  });
  expect(publishedMembers(workspace)).toEqual([
    { name: 'three', folder: 'apps/three', hasEntries: false },
    { name: 'one', folder: 'packages/one', hasEntries: true },
  ]);
  expect(publishedMembers(root).map(({ name }) => name)).toContain('@coatcheck/react');
});

test('nothing is said of a package whose files and types are there', async () => {
  const pack = await packOf({
    'index.js': 'export const one = 1;\n',
    'index.d.ts': 'export declare const one: number;\n',
  });
  expect(await judgePack(root, pack)).toEqual([]);
});

test('an entry without its file, and declarations that lead nowhere, are faults', async () => {
  const empty = await judgePack(root, await packOf({ 'index.d.ts': 'export {};\n' }));
  expect(empty.join('\n')).toContain('pkg.exports["."].default is ./index.js but the file does not exist');
  const astray = await packOf({
    'index.js': 'export const one = 1;\n',
    'index.d.ts': "export * from './elsewhere.js';\n",
  });
  expect((await judgePack(root, astray)).join('\n')).toContain('Internal resolution error');
});
