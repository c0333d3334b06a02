import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../../..');

function manifestOf(file: string): Record<string, unknown> {
  const manifest: unknown = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  return typeof manifest === 'object' && manifest !== null ? { ...manifest } : {};
}

test('the lab is in no package: it is private, and nobody depends on it', () => {
  const own = manifestOf('apps/lab/package.json');
  expect(own).toMatchObject({ private: true });
  expect(own).not.toHaveProperty('exports');
  const others = globSync(['packages/*/package.json', 'apps/*/package.json'], { cwd: root });
  expect(others.length).toBeGreaterThan(8);
  for (const file of others.filter((one) => path.dirname(one) !== 'apps/lab')) {
    expect(JSON.stringify(manifestOf(file)), file).not.toContain('demo-lab');
  }
});

test('no published file names the lab', () => {
  const sources = globSync('{packages/*,apps/bff}/src/**/*.{ts,tsx}', { cwd: root });
  expect(sources.length).toBeGreaterThan(100);
  for (const file of sources) {
    expect(readFileSync(path.join(root, file), 'utf8'), file).not.toMatch(/apps\/lab|LAB_I_KNOW/);
  }
});
