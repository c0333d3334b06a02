import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { checkArrows } from '../arrows/check.ts';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const manifests = {
  'packages/protocol/package.json': manifest('@coatcheck/protocol', { '.': './src/index.ts' }),
  'packages/client/package.json': manifest('@coatcheck/client', { '.': './src/index.ts' }),
  'packages/react/package.json': manifest('@coatcheck/react', {
    '.': './src/index.ts',
    './router': './src/router.ts',
  }),
  'packages/bff/package.json': manifest('@coatcheck/bff', { '.': './src/index.ts' }),
  'packages/testing/package.json': manifest('@coatcheck/testing', { '.': './src/index.ts' }),
  'packages/resource-server/package.json': manifest('@coatcheck/resource-server', { '.': './src/index.ts' }),
  'apps/bff/package.json': manifest('coatcheck', { '.': './src/index.ts' }),
  'apps/web/package.json': manifest('@coatcheck/demo-web', undefined),
  'e2e/package.json': manifest('@coatcheck/e2e', undefined),
};

function manifest(name: string, exports: Record<string, string> | undefined): string {
  return JSON.stringify({ name, exports });
}

/** What the check says about a workspace with these files added. */
export function problemsIn(files: Record<string, string>): readonly string[] {
  return checkArrows(plant(files)).problems;
}

/** A small workspace in a temporary git tree, gone after the test. */
export function plant(files: Record<string, string>): string {
  const root = mkdtempSync(path.join(tmpdir(), 'arrows-'));
  roots.push(root);
  for (const [file, text] of Object.entries({ ...manifests, ...files })) {
    mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  execFileSync('git', ['init', '-q'], { cwd: root });
  return root;
}
