import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const sourceFile = /\.[cm]?[jt]sx?$/;
const notOurs = new Set([
  'node_modules',
  'dist',
  '.git',
  '.data',
  '.vite',
  'coverage',
  'test-results',
  'playwright-report',
]);

export type Sources = {
  /** Paths relative to the root, with `/`. */
  readonly files: readonly string[];
  /** What git lists and the walk did not see. Anything here means that the check is blind somewhere. */
  readonly unseen: readonly string[];
};

/** Walks the tree for source files and compares what it saw with what git knows. */
export function readSources(root: string): Sources {
  const files = [...walk(root, '')].sort();
  const seen = new Set(files);
  return { files, unseen: listedByGit(root).filter((file) => !seen.has(file)) };
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of readdirSync(path.join(root, folder), { withFileTypes: true })) {
    const name = folder ? `${folder}/${entry.name}` : entry.name;
    if (entry.isDirectory()) {
      if (!notOurs.has(entry.name)) yield* walk(root, name);
    } else if (sourceFile.test(entry.name)) yield name;
  }
}

function listedByGit(root: string): string[] {
  const list = (...options: string[]) =>
    execFileSync('git', ['ls-files', '-z', ...options], { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
      .split('\0')
      .filter((file) => sourceFile.test(file));
  const deleted = new Set(list('--deleted'));
  return list('--cached', '--others', '--exclude-standard').filter((file) => !deleted.has(file));
}
