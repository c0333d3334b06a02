import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { Change, Plan } from './change.ts';
import { type ProviderChoice, providerEntry, providerSteps } from './provider.ts';

export interface NewProject {
  /** Absolute. */
  readonly directory: string;
  /** Folder of the template. */
  readonly template: string;
  readonly provider: ProviderChoice;
}

/** A new project: the template's files, with the project's name and its provider in them. */
export function planNewProject({ directory, template, provider }: NewProject): Plan {
  const files = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(template.length + 1))
    // What a developer of this package has there.
    .filter((path) => !/(^|[\\/])(node_modules|dist|test-results)[\\/]/.test(path))
    .sort();
  const changes = files.map((file): Change => {
    const path = file.split(sep).join('/');
    const text = readFileSync(join(template, file), 'utf8');
    return { kind: 'add', path: pathOf(path), content: filled(path, text, directory, provider), added: [] };
  });
  return { changes, notes: [] };
}

/** npm leaves a `.gitignore` out of packages. */
function pathOf(path: string): string {
  return path === '_gitignore' ? '.gitignore' : path;
}

function filled(path: string, text: string, directory: string, provider: ProviderChoice): string {
  if (path === 'package.json') return text.replace('"my-app"', JSON.stringify(packageName(directory)));
  if (path === 'coatcheck.config.json') {
    const config: unknown = JSON.parse(text);
    const members = typeof config === 'object' ? config : {};
    return `${JSON.stringify({ ...members, providers: [providerEntry(provider)] }, null, 2)}\n`;
  }
  if (path === 'README.md') {
    const steps = providerSteps(provider, 'https://app.example');
    return `${text}\n${steps.map((step) => `- ${step}`).join('\n')}\n`;
  }
  return text;
}

/** A folder's name as npm takes it. */
export function packageName(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return name === '' ? 'my-app' : name.slice(0, 214);
}
