import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../apps/bff/src/config/schema.ts';
import { ruleProblems, schemaProblems } from '../../packages/bff/src/index.ts';
import { keptHeaders, unsettableHeaders } from '../../packages/bff/src/proxy/request-headers.ts';
import { makeCertificate } from '../../packages/testing/src/index.ts';

const root = path.join(import.meta.dirname, '../..');
const documents = [
  'README.md',
  ...globSync('packages/*/README.md', { cwd: root }),
  ...globSync('docs/**/*.md', { cwd: root, exclude: (name) => /node_modules|\.vitepress/.test(name) }),
];

interface Snippet {
  readonly name: string;
  readonly language: string;
  readonly text: string;
}

const snippets: Snippet[] = documents.sort().flatMap((document) => {
  const text = readFileSync(path.join(root, document), 'utf8');
  return [...text.matchAll(/^```(\w+)[^\n]*\n(.*?)^```$/gms)].map(([, language = '', code = ''], index) => ({
    name: `${document}, block ${index + 1}`,
    language,
    text: code,
  }));
});
const written = (...languages: string[]) => snippets.filter(({ language }) => languages.includes(language));

describe('TypeScript', () => {
  // Beside the package that has what they import.
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(root, 'docs/snippets/.programs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('every program in the documentation compiles', () => {
    for (const { name, language, text } of written('ts', 'tsx'))
      writeFileSync(
        path.join(folder, `${name.replaceAll(/\W+/g, '-')}.${language}`),
        /^(im|ex)port /m.test(text) ? text : `${text}\nexport {};\n`,
      );
    writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(configuration));
    const compiler = path.join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    });
    // The sources behind the imports have their own checks, under their own settings.
    expect(stdout.split('\n').filter((line) => line.includes('.programs-'))).toEqual([]);
  }, 60_000);
});

const configuration = {
  extends: path.join(root, 'tsconfig.base.json'),
  compilerOptions: { lib: ['es2024', 'dom', 'dom.iterable'], jsx: 'react-jsx', noUnusedLocals: false },
  include: ['*'],
};

describe('JSON', async () => {
  const certificate = await makeCertificate();
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  /** What a part of a configuration is completed with. */
  const base = {
    publicUrl: 'https://app.example',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'sqlite:data/sessions.db' },
    providers: [{}] as object[],
  };
  const providers = configSchema.properties.providers.items.properties;
  const routes = configSchema.properties.routes.items.properties;
  const isPartOf = (whole: object, part: object) => Object.keys(part).every((member) => member in whole);

  /** The whole configuration that a block is, or is a part of; undefined for other JSON, such as answers. */
  function wholeOf(value: object): object | undefined {
    if (isPartOf(configSchema.properties, value)) {
      const config: typeof base = { ...base, ...value };
      return { ...config, providers: config.providers.map(completed) };
    }
    if (isPartOf(routes, value))
      return {
        ...base,
        providers: [completed({})],
        routes: [{ prefix: '/api', upstream: 'https://api.internal', ...value }],
      };
    if (isPartOf(providers, value)) return { ...base, providers: [completed(value)] };
    return undefined;
  }

  function completed(provider: object): object {
    const { clientSecret, ...identified } = {
      id: 'main',
      issuer: 'https://id.example',
      clientId: 'app',
      clientSecret: 'secret',
    };
    return { ...identified, ...('clientAuthentication' in provider ? {} : { clientSecret }), ...provider };
  }

  const configurations = written('json')
    // docs/providers has its own test, in the package of the profiles.
    .filter(({ name }) => !name.startsWith('docs/providers/'))
    .flatMap(({ name, text }) => {
      const config = wholeOf(JSON.parse(/^\s*[{[]/.test(text) ? text : `{${text}}`, references));
      return config ? [{ name, config }] : [];
    });

  it.each(configurations)('$name is a configuration', ({ config }) => {
    expect([...schemaProblems(configSchema, config), ...ruleProblems(config)]).toEqual([]);
    // What is only refused when the routes are made ready.
    for (const route of 'routes' in config && Array.isArray(config.routes) ? config.routes : []) {
      const { headers = {}, claimHeaders = {}, forwardHeaders = [] } = route;
      expect(unsettableHeaders([...Object.keys(headers), ...Object.keys(claimHeaders)])).toEqual([]);
      expect(keptHeaders(forwardHeaders).refused).toEqual([]);
    }
  });

  it('there are configurations to check', () => {
    expect(configurations.length).toBeGreaterThan(10);
  });

  /** `{"env": …}` and `{"file": …}` stand for what they refer to. */
  function references(name: string, value: unknown): unknown {
    if (name === 'keys') return base.keys;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    if (!('env' in value || 'file' in value) || Object.keys(value).length > 1) return value;
    if (name === 'url') return 'redis://store.example';
    return name === 'cert' || name === 'key' ? certificate[name] : pem;
  }
});

describe('commands', () => {
  const scripts = new Set(
    Object.keys(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).scripts),
  );
  const ofPnpm = new Set(['create', 'install', 'add', 'exec', 'dlx', 'test', 'build', 'dev']);
  const lines = written('sh').flatMap(({ name, text }) =>
    text.split('\n').map((line) => ({ name, line: line.replace(/\s+#.*$/, '') })),
  );
  const help = (...words: string[]) =>
    spawnSync(process.execPath, [path.join(root, 'apps/bff/src/cli/main.ts'), ...words, '--help'], {
      encoding: 'utf8',
    });

  it('every coatcheck command exists, with its options', () => {
    const commands = new Map<string, Set<string>>();
    for (const { line } of lines) {
      const [, words = ''] =
        /(?:^|(?<!create)[ (])(?:npx )?(?:coatcheck|apps\/bff\/src\/cli\/main\.ts) ([^|>)]+)/.exec(line) ??
        [];
      const command = /^(?:[a-z]+(?: (?=generate|rotate|schema)[a-z]+)?)/.exec(words)?.[0];
      if (command === undefined) continue;
      const options = commands.get(command) ?? new Set();
      for (const [option] of words.matchAll(/(?<= )--?[a-z][a-z-]*/g)) options.add(option);
      commands.set(command, options);
    }
    expect(commands.size).toBeGreaterThan(3);
    for (const [command, options] of commands) {
      const { stdout, status } = help(...command.split(' '));
      expect(status, command).toBe(0);
      expect(stdout, command).toContain(`Usage: coatcheck ${command}`);
      for (const option of options) expect(stdout, command).toMatch(new RegExp(`(^|[ ,])${option}\\b`, 'm'));
    }
  }, 60_000);

  it('every pnpm script exists', () => {
    for (const { name, line } of lines) {
      const [, script] = /(?:^|\s)pnpm(?:@\d+)? (?:run )?([a-z][\w:]*)/.exec(line) ?? [];
      if (script !== undefined)
        expect(scripts.has(script) || ofPnpm.has(script), `${name}: ${line}`).toBe(true);
    }
  });
});
