import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Place, somewhere } from './rig.ts';

const template = join(import.meta.dirname, '..', 'template', 'react');
let place: Place;

beforeEach(async () => {
  place = await somewhere('pnpm/12.0.0 npm/? node/v24.0.0');
});
afterEach(() => place.remove());

describe('a new project', () => {
  it('is the template with its name, its provider and a .gitignore, and asks a script nothing', async () => {
    const { status, out } = await place.create(['My App', '--provider', 'google']);
    expect(status).toBe(0);
    expect(out).toContain('pnpm install');
    expect(out).toContain('/bff/callback/google');
    expect(JSON.parse(await place.read('My App/package.json'))).toMatchObject({ name: 'my-app' });
    expect(JSON.parse(await place.read('My App/coatcheck.config.json'))).toMatchObject({
      providers: [{ id: 'google', profile: 'google', clientSecret: { env: 'GOOGLE_CLIENT_SECRET' } }],
      routes: [{ prefix: '/api' }],
    });
    expect(await place.read('My App/.gitignore')).toContain('node_modules');
    expect(await place.read('My App/src/app.tsx')).toBe(
      await readFile(join(template, 'src/app.tsx'), 'utf8'),
    );
  });

  it('takes issuer and package manager by flag', async () => {
    const { out } = await place.create([
      'app',
      '--issuer',
      'https://id.example/tenant',
      '--package-manager',
      'yarn',
    ]);
    expect(out).toContain('yarn run dev');
    expect(await place.read('app/coatcheck.config.json')).toContain('"https://id.example/tenant"');
  });

  it('asks a person for what was not said', async () => {
    const { status } = await place.create([], {
      directory: async () => 'asked',
      provider: async () => 'oidc',
      issuer: async () => 'https://id.example',
    });
    expect(status).toBe(0);
    expect(await place.read('asked/coatcheck.config.json')).toContain('https://id.example');
  });

  it('writes nothing when the person gives up, or with --dry-run', async () => {
    const { status, err } = await place.create(['app'], { provider: async () => undefined });
    expect([status, err]).toEqual([1, 'Cancelled. Nothing was written.']);
    expect((await place.create(['app', '--dry-run'])).out).toContain('new   src/app.tsx');
    expect(await readdir(place.directory)).toEqual([]);
  });

  it('refuses a directory with something in it, and takes one with version control alone', async () => {
    await mkdir(join(place.directory, 'full'));
    await writeFile(join(place.directory, 'full', 'thesis.txt'), 'years of work');
    const { status, err } = await place.create(['full', '--yes']);
    expect(status).toBe(1);
    expect(err).toContain('full is not empty');
    expect(await readdir(join(place.directory, 'full'))).toEqual(['thesis.txt']);
    await mkdir(join(place.directory, 'fresh', '.git'), { recursive: true });
    expect((await place.create(['fresh'])).status).toBe(0);
  });
});

describe('wrong arguments', () => {
  it.each([
    [['app', '--provider', 'myspace'], 'oidc, google, github'],
    [['app', '--template', 'jquery'], 'Known: react'],
    [['app', '--package-manager', 'bower'], 'npm, pnpm, yarn, bun'],
    [['app', '--issuer', 'http://id.example'], 'is http'],
    [['app', '--issuer', 'https://id.example', '--provider', 'github'], 'no effect'],
    [['app', 'other'], 'one directory'],
    [['--colour'], '--colour'],
    [[], 'Name a directory'],
  ])('%j: status 2, and the usage', async (args, words) => {
    const { status, err } = await place.create(args);
    expect(status).toBe(2);
    expect(err).toContain(words);
    expect(err).toContain('Usage: create-coatcheck');
  });

  it('has --help and --version', async () => {
    expect(await place.create(['--help'])).toMatchObject({ status: 0, err: '' });
    expect((await place.create(['--version'])).out).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('the template', () => {
  it.each(['tsconfig.json', 'tsconfig.node.json'])(
    'has no type errors (%s)',
    { timeout: 60_000 },
    async (config) => {
      const tsc = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'typescript', 'bin', 'tsc');
      await promisify(execFile)(process.execPath, [tsc, '-p', join(template, config)]).catch((error) => {
        throw new Error(error.stdout);
      });
    },
  );

  it('names the versions of this workspace', async () => {
    const { dependencies, devDependencies } = JSON.parse(
      await readFile(join(template, 'package.json'), 'utf8'),
    );
    const named = Object.entries<string>({ ...dependencies, ...devDependencies });
    const folders: Record<string, string> = { coatcheck: '../../../apps/bff' };
    const ours = named.filter(([name]) => name === 'coatcheck' || name.startsWith('@coatcheck/'));
    expect(ours).toHaveLength(6);
    for (const [name, range] of ours) {
      const folder = folders[name] ?? `../../${name.replace('@coatcheck/', '')}`;
      const manifest = await readFile(join(import.meta.dirname, folder, 'package.json'), 'utf8');
      expect(range, name).toBe(`^${JSON.parse(manifest).version}`);
    }
  });
});
