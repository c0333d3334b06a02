import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ConfigError, type ConfigProblem, ruleProblems, schemaProblems } from '@coatcheck/bff';
import { certificateFilesIn } from './certificate-files.ts';
import { applyEnvironment } from './environment.ts';
import { resolveReferences } from './references.ts';
import { type Config, configSchema } from './schema.ts';

/**
 * Loads the configuration: environment over file over defaults. Relative paths in the file are read from its folder.
 *
 * @param path the file; without one the environment must say everything
 * @throws ConfigError that names every problem at once
 */
export function loadConfig(path: string | undefined, env: NodeJS.ProcessEnv): Config {
  const base = path === undefined ? process.cwd() : dirname(resolve(path));
  const written = path === undefined ? {} : readJson(path);
  const referenced = resolveReferences(written, base, env);
  const merged: unknown = referenced.value;
  if (typeof merged !== 'object' || merged === null || Array.isArray(merged)) {
    throw new ConfigError([{ key: path ?? '', problem: 'is no JSON object.', fix: 'Write { … }.' }]);
  }
  const config = { ...merged };
  const problems = [...referenced.problems, ...applyEnvironment(config, configSchema, env)];
  // What a broken reference left empty is told once.
  const told = new Set(problems.map((one) => one.key));
  const found = [...schemaProblems(configSchema, config), ...ruleProblems(config), ...contradictions(config)];
  problems.push(...found.filter((one) => !told.has(one.key)));
  if (problems.length > 0) throw new ConfigError(problems);
  const certificateFiles = certificateFilesIn(written, base);
  return {
    ...withAbsolutePaths(config as Config, base),
    ...(certificateFiles.length > 0 ? { certificateFiles } : {}),
  };
}

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new ConfigError([
      { key: path, problem: `cannot be read (${code}).`, fix: 'Name the file with --config.' },
    ]);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const where = error instanceof Error ? error.message.replace(/"[^"]*"/g, '…') : '';
    throw new ConfigError([{ key: path, problem: `is no JSON: ${where}.`, fix: 'Correct it.' }]);
  }
}

function contradictions(config: Record<string, unknown>): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { spa, tls, publicUrl } = config;
  if (typeof spa === 'object' && spa !== null && 'directory' in spa && 'devServer' in spa) {
    problems.push({ key: 'spa', problem: 'has both directory and devServer.', fix: 'Keep one.' });
  }
  if (tls !== undefined && typeof publicUrl === 'string' && publicUrl.startsWith('http:')) {
    problems.push({
      key: 'tls',
      problem: 'is set, but publicUrl is http.',
      fix: 'Write publicUrl with https, or remove tls.',
    });
  }
  problems.push(...storeOfOneProcess(config));
  return problems;
}

function storeOfOneProcess({ workers = 1, store }: Record<string, unknown>): ConfigProblem[] {
  const inMemory =
    typeof store === 'object' && store !== null && 'url' in store && /^memory:/i.test(String(store.url));
  // Whether it works may not depend on the cores of the machine, so `auto` is refused on every one.
  if (!inMemory || !(workers === 'auto' || (typeof workers === 'number' && workers > 1))) return [];
  return [
    {
      key: 'workers',
      problem: `(${workers}) need a store that they share, and store.url (memory:) is that of one process.`,
      fix: 'Set store.url to sqlite:<path> or to any other store, or workers to 1.',
    },
  ];
}

function withAbsolutePaths(config: Config, base: string): Config {
  const { spa, tls, store } = config;
  const file = /^sqlite:(?!\/)(.+)$/.exec(store.url)?.[1];
  return {
    ...config,
    store: { ...store, url: file === undefined ? store.url : `sqlite:${resolve(base, file)}` },
    ...(spa?.directory === undefined ? {} : { spa: { directory: resolve(base, spa.directory) } }),
    ...(tls === undefined
      ? {}
      : { tls: { ...tls, cert: resolve(base, tls.cert), key: resolve(base, tls.key) } }),
  };
}
