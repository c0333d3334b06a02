import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addPlugin } from '../src/vite-config.ts';
import { type Place, somewhere } from './rig.ts';

const viteConfig = `import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// https://vite.dev/config/
export default defineConfig({
  plugins: [react()],
})
`;
const manifest = `{
\t"name": "shop",
\t"dependencies": {
\t\t"react": "^19.0.0"
\t},
\t"devDependencies": {
\t\t"vite": "^8.0.0"
\t}
}
`;
let place: Place;

beforeEach(async () => {
  place = await somewhere();
  await writeFile(join(place.directory, 'vite.config.ts'), viteConfig);
  await writeFile(join(place.directory, 'package.json'), manifest);
});
afterEach(() => place.remove());

it('adds the plugin, the packages and a configuration, and prints what only its author can place', async () => {
  const { status, out } = await place.create(['.', '--yes', '--api', 'http://127.0.0.1:9000']);
  expect(status).toBe(0);
  const config = await place.read('vite.config.ts');
  expect(config).toBe(
    `import { coatcheck } from '@coatcheck/vite';\n${viteConfig.replace(
      '[react()]',
      "[coatcheck({ routes: [{ prefix: '/api', upstream: 'http://127.0.0.1:9000' }] }), react()]",
    )}`,
  );
  const edited = await place.read('package.json');
  expect(JSON.parse(edited)).toMatchObject({
    name: 'shop',
    dependencies: { '@coatcheck/client': '^0.1.0', '@coatcheck/react': '^0.1.0', coatcheck: '^0.1.0' },
    devDependencies: { '@coatcheck/vite': '^0.1.0', vite: '^8.0.0' },
  });
  expect(edited).toContain('\n\t\t"react"');
  expect(JSON.parse(await place.read('coatcheck.config.json'))).toMatchObject({
    routes: [{ prefix: '/api', upstream: 'http://127.0.0.1:9000' }],
  });
  expect(out).toContain('<SessionProvider client={session}>');
  expect(out).toContain('edit  vite.config.ts');
});

it('changes nothing the second time', async () => {
  await place.create(['.', '--yes']);
  const before = await Promise.all(
    ['vite.config.ts', 'package.json', 'coatcheck.config.json'].map(place.read),
  );
  const { status, out } = await place.create(['.', '--yes']);
  expect(status).toBe(0);
  expect(out).toContain('has the plugin already');
  expect(out).toContain('coatcheck.config.json is there already');
  const after = await Promise.all(
    ['vite.config.ts', 'package.json', 'coatcheck.config.json'].map(place.read),
  );
  expect(after).toEqual(before);
});

it('shows everything first, and a script must say --yes', async () => {
  const shown = await place.create(['.', '--dry-run']);
  expect(shown.out).toContain("+ import { coatcheck } from '@coatcheck/vite';");
  expect(shown.out).toContain('+ dependencies: "coatcheck": "^0.1.0"');
  const script = await place.create(['.']);
  expect([script.status, script.err]).toEqual([1, expect.stringContaining('say --yes')]);
  const person = await place.create([], {
    provider: async () => 'github',
    api: async () => 'http://127.0.0.1:8080',
    goOn: async () => false,
  });
  expect(person.status).toBe(1);
  expect(await place.read('vite.config.ts')).toBe(viteConfig);
  expect((await readdir(place.directory)).sort()).toEqual(['package.json', 'vite.config.ts']);
});

it.each([
  ['const react = require("x");\nmodule.exports = { plugins: [react()] }', 'CommonJS'],
  ['import a from "a";\nexport default a({})', 'no list of plugins'],
  ['import a from "a";\nexport default { plugins: [a()], worker: { plugins: [a()] } }', 'several lists'],
])('tells what to write by hand where there is no one obvious place (%#)', (text, why) => {
  expect(addPlugin(text, 'coatcheck()')).toEqual({ kind: 'by-hand', why: expect.stringContaining(why) });
});

it('keeps the shape of a list that has lines of its own', () => {
  const text = "import a from 'a';\nexport default {\n  plugins: [\n    a(),\n  ],\n};\n";
  const edited = addPlugin(text, 'coatcheck()');
  expect(edited.kind === 'edited' && edited.content).toContain('plugins: [\n    coatcheck(),\n    a(),\n  ]');
  const empty = addPlugin("import a from 'a';\nexport default { plugins: [] };\n", 'coatcheck()');
  expect(empty.kind === 'edited' && empty.content).toContain('plugins: [coatcheck()]');
});

it('gives an app without a Vite configuration one, in its language', async () => {
  await rm(join(place.directory, 'vite.config.ts'));
  const { out } = await place.create(['.', '--yes']);
  expect(out).toContain('new   vite.config.mjs');
  const config = await place.read('vite.config.mjs');
  expect(config).toContain("coatcheck({ routes: [{ prefix: '/api', upstream: 'http://127.0.0.1:8080' }] })");
  await rm(join(place.directory, 'vite.config.mjs'));
  await writeFile(join(place.directory, 'tsconfig.json'), '{}');
  expect((await place.create(['.', '--yes'])).out).toContain('new   vite.config.ts');
  expect(await place.read('vite.config.ts')).toBe(config);
});

it('reads a package.json with a byte order mark, and names the packages where it can read none', async () => {
  await writeFile(join(place.directory, 'package.json'), `\uFEFF${manifest}`);
  await place.create(['.', '--yes']);
  const edited = await place.read('package.json');
  expect(JSON.parse(edited)).toMatchObject({ name: 'shop', dependencies: { coatcheck: '^0.1.0' } });
  expect(edited).toContain('\n\t\t"react"');
  await writeFile(join(place.directory, 'package.json'), '{ not json');
  const { status, out } = await place.create(['.', '--yes']);
  expect([status, await place.read('package.json')]).toEqual([0, '{ not json']);
  expect(out).toContain('Add by hand: coatcheck, @coatcheck/client');
});

it.each([
  {
    what: 'a reference to types stays at the top',
    from: '/// <reference types="vitest" />\nimport a from \'a\';\nexport default { plugins: [a()] };\n',
    to: '/// <reference types="vitest" />\nIMPORT\nimport a from \'a\';\nexport default { plugins: [CALL, a()] };\n',
  },
  {
    what: 'what stands in a comment is no list',
    from: 'export default {\n  // plugins: [old()],\n  plugins: [ours("//")],\n};\n',
    to: 'IMPORT\nexport default {\n  // plugins: [old()],\n  plugins: [CALL, ours("//")],\n};\n',
  },
  {
    what: 'an object without a list gets one',
    from: "import { defineConfig } from 'vite'\nexport default defineConfig({\n  server: { port: 3000 },\n})\n",
    to: "IMPORT\nimport { defineConfig } from 'vite'\nexport default defineConfig({\n  plugins: [CALL],\n  server: { port: 3000 },\n})\n",
  },
  {
    what: 'so does an empty one',
    from: 'export default {};\n',
    to: 'IMPORT\nexport default { plugins: [CALL] };\n',
  },
])('in a Vite configuration $what', ({ from, to }) => {
  const edited = addPlugin(from, 'CALL');
  expect(edited).toMatchObject({
    kind: 'edited',
    content: to.replace('IMPORT', "import { coatcheck } from '@coatcheck/vite';"),
  });
});

it.each([
  ['several lists', "import a from 'a';\nexport default { plugins: [], worker: { plugins: [] } };\n"],
  ['CommonJS', 'module.exports = { plugins: [] };\n'],
  ['a list made elsewhere', "import { plugins } from './plugins.js';\nexport default { plugins };\n"],
  ['an object made elsewhere', "import config from './config.js';\nexport default config;\n"],
])('leaves a Vite configuration with %s to its author, and says why', (_what, text) => {
  expect(addPlugin(text, 'CALL')).toMatchObject({ kind: 'by-hand', why: expect.any(String) });
});
