import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand, succeeded } from '../process/run-command.ts';
import { DemoFailure } from './failure.ts';
import { viteProgram } from './parts.ts';

/** What the built app is made of. */
const ingredients = [
  'apps/web',
  'packages/client/src',
  'packages/react/src',
  'packages/protocol/src',
  'packages/client/package.json',
  'packages/react/package.json',
  'packages/protocol/package.json',
  'pnpm-lock.yaml',
];
const leftOut = new Set(['node_modules', 'dist', 'test', '.vite']);

/**
 * Builds apps/web when there is no build or its sources changed since.
 *
 * @throws DemoFailure with Vite's output when the build fails
 */
export async function ensureWebBuild(root: string, say: (line: string) => void): Promise<void> {
  const stamp = path.join(root, 'apps/web/node_modules/.cache/coatcheck/built-from');
  const sources = hashOf(root);
  const isBuilt = existsSync(path.join(root, 'apps/web/dist/index.html'));
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;

  say('Building the demo app …');
  rmSync(stamp, { force: true });
  const result = await runCommand(process.execPath, [viteProgram(root), 'build'], {
    cwd: path.join(root, 'apps/web'),
    // `vite build` obeys NODE_ENV, and a test runner's "test" would make a development build.
    env: { ...process.env, NODE_ENV: 'production' },
    limitSeconds: 300,
    output: 'keep',
  });
  if (!succeeded(result)) throw new DemoFailure(`The demo app cannot be built:\n${result.output}`);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, sources);
}

function hashOf(root: string): string {
  const hash = createHash('sha256');
  for (const ingredient of ingredients) {
    for (const file of filesOf(root, ingredient)) {
      hash
        .update(`${file}\0`)
        .update(readFileSync(path.join(root, file)))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

function filesOf(root: string, name: string): string[] {
  const found = statSync(path.join(root, name), { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [name] : [];
  return readdirSync(path.join(root, name))
    .filter((entry) => !leftOut.has(entry))
    .sort()
    .flatMap((entry) => filesOf(root, `${name}/${entry}`));
}
