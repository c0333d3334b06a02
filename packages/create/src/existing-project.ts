import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Change, Plan } from './change.ts';
import { type ProviderChoice, providerEntry } from './provider.ts';
import { addPlugin, newViteConfig } from './vite-config.ts';

const configNames = ['ts', 'mts', 'js', 'mjs', 'cjs', 'cts'].map((ending) => `vite.config.${ending}`);
const configFile = 'coatcheck.config.json';

export interface ExistingProject {
  /** Absolute. */
  readonly directory: string;
  readonly provider: ProviderChoice;
  /** URL of its API. */
  readonly api: string;
  /** Version of our packages, for example `0.1.0`. */
  readonly version: string;
}

/** Whether a directory holds a Vite app, with a configuration or, as Vite's smaller templates, without. */
export function isViteApp(directory: string): boolean {
  const manifest = join(directory, 'package.json');
  if (!existsSync(manifest)) return false;
  return viteConfigOf(directory) !== undefined || 'vite' in packagesOf(readFileSync(manifest, 'utf8'));
}

/**
 * Puts an existing Vite app behind Coatcheck: adds to its Vite configuration and its dependencies, and a configuration
 * for production. Nothing is taken away; what has no obvious place is told in the notes.
 */
export function planExistingProject(project: ExistingProject): Plan {
  const { directory, api } = project;
  const changes: Change[] = [];
  const notes: string[] = [];

  const call = `coatcheck({ routes: [{ prefix: '/api', upstream: '${api.replaceAll("'", '%27')}' }] })`;
  const path = viteConfigOf(directory);
  if (path === undefined)
    changes.push({ kind: 'add', path: newConfigIn(directory), content: newViteConfig(call), added: [] });
  else editConfig(path);

  const manifest = readFileSync(join(directory, 'package.json'), 'utf8');
  const packages = addPackages(manifest, project.version);
  if (packages === undefined)
    notes.push(
      'package.json is no JSON object and stays as it is. Add by hand: coatcheck, @coatcheck/client, @coatcheck/react if the app has React, and for development @coatcheck/vite.',
    );
  else if (packages.added.length > 0) changes.push({ kind: 'edit', path: 'package.json', ...packages });

  if (existsSync(join(directory, configFile)))
    notes.push(`${configFile} is there already and stays as it is.`);
  else changes.push({ kind: 'add', path: configFile, content: productionConfig(project), added: [] });

  notes.push(usageOf(manifest));
  return { changes, notes };

  function editConfig(file: string): void {
    const text = readFileSync(join(directory, file), 'utf8');
    const edited = addPlugin(text, call);
    if (edited.kind === 'edited')
      changes.push({ kind: 'edit', path: file, content: edited.content, added: edited.added });
    if (edited.kind === 'there') notes.push(`${file} has the plugin already.`);
    if (edited.kind === 'by-hand')
      notes.push(
        `${file}: ${edited.why}. Add by hand:\n  import { coatcheck } from '@coatcheck/vite';\n  plugins: [${call}]`,
      );
    if (/\bproxy\s*:/.test(text))
      notes.push(`${file} has a proxy: take the paths out of it that Coatcheck forwards now.`);
  }
}

function viteConfigOf(directory: string): string | undefined {
  return configNames.find((name) => existsSync(join(directory, name)));
}

/** In the language of the app, and as a module whatever its package says. */
function newConfigIn(directory: string): string {
  return existsSync(join(directory, 'tsconfig.json')) ? 'vite.config.ts' : 'vite.config.mjs';
}

/** The manifest with our packages, indented as before. */
function addPackages(
  text: string,
  version: string,
): { content: string; added: readonly string[] } | undefined {
  const manifest = parseObject(text);
  if (manifest === undefined) return undefined;
  const known = packagesOf(text);
  const usesReact = 'react' in known;
  const wanted = {
    dependencies: ['@coatcheck/client', ...(usesReact ? ['@coatcheck/react'] : []), 'coatcheck'],
    devDependencies: ['@coatcheck/vite'],
  };
  const added: string[] = [];
  for (const [list, names] of Object.entries(wanted)) {
    const missing = names.filter((name) => !(name in known));
    if (missing.length === 0) continue;
    const entries = { ...asObject(manifest[list]) };
    for (const name of missing) {
      entries[name] = `^${version}`;
      added.push(`${list}: "${name}": "^${version}"`);
    }
    manifest[list] = Object.fromEntries(Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  const indent = /^\uFEFF?[{[]\s*\n([ \t]+)/.exec(text)?.[1] ?? '  ';
  return { content: `${JSON.stringify(manifest, null, indent)}\n`, added };
}

function productionConfig({ provider, api }: ExistingProject): string {
  const config = {
    publicUrl: 'https://app.example',
    listen: { host: '0.0.0.0', port: 3000 },
    keys: [{ env: 'ROOT_KEY' }],
    store: { url: 'sqlite:data/sessions.sqlite' },
    providers: [providerEntry(provider)],
    routes: [{ prefix: '/api', upstream: api }],
    spa: { directory: 'dist' },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The few lines that only the app's author can put where they belong. */
function usageOf(manifest: string): string {
  if (!('react' in packagesOf(manifest))) {
    return `In your app:
  import { createSessionClient } from '@coatcheck/client';
  const session = createSessionClient();
  session.subscribe(() => console.log(session.getSnapshot()));
  await session.fetch('/api/…'); // the server adds the token`;
  }
  return `Where your app is rendered (src/main), around it:
  import { createSessionClient } from '@coatcheck/client';
  import { SessionProvider } from '@coatcheck/react';
  const session = createSessionClient(); // session.fetch('/api/…'): the server adds the token
  <SessionProvider client={session}><App /></SessionProvider>
and wherever people sign in and out:
  import { LoginLink, LogoutButton, Show } from '@coatcheck/react';
  <Show when="signed-in" fallback={<LoginLink>Sign in</LoginLink>}><LogoutButton /></Show>`;
}

/** Its packages, for use or for development. */
function packagesOf(manifest: string): Record<string, unknown> {
  const { dependencies, devDependencies } = { ...parseObject(manifest) };
  return { ...asObject(devDependencies), ...asObject(dependencies) };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    // Some editors put a byte order mark in front, which npm takes too.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
