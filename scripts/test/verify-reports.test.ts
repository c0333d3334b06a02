import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPlaywrightReport, readVitestReport } from '../verify/reports.ts';

const modules = path.join(import.meta.dirname, '../../node_modules');
const project = mkdtempSync(path.join(tmpdir(), 'verify-reports-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));
symlinkSync(modules, path.join(project, 'node_modules'));
writeFileSync(path.join(project, 'package.json'), '{"type":"module"}');

const tests = (runner: string) => `
import { expect, test } from '${runner}';
test('adds', () => expect(1 + 1).toBe(2));
test('adds again', () => expect(1 + 2).toBe(3));
test('fails', () => expect(1).toBe(2));
test.skip('later', () => {});
`;

// The runners' own variables would change how a runner inside a runner reports.
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST|NODE_ENV)/.test(name)),
);

function runVitest(report: string, ...files: string[]) {
  const args = ['run', '--reporter=json', `--outputFile.json=${report}`, ...files];
  spawnSync(process.execPath, [path.join(modules, 'vitest/vitest.mjs'), ...args], { cwd: project, env });
}

test("Vitest's report is counted, a file that does not load included", () => {
  writeFileSync(path.join(project, 'a.test.ts'), tests('vitest'));
  writeFileSync(path.join(project, 'broken.test.ts'), "import './nowhere.ts';");
  const report = path.join(project, 'vitest.json');
  runVitest(report, 'a.test.ts');
  expect(readVitestReport(report)).toEqual({ passed: 2, failed: 1, skipped: 1, failures: ['fails'] });
  runVitest(report);
  expect(readVitestReport(report)).toMatchObject({ passed: 2, failed: 2, skipped: 1 });
});

test("Playwright's report is counted, and a flaky test has failed", () => {
  const flaky = "test('flaky', ({}, info) => expect(info.retry).toBe(1));";
  writeFileSync(path.join(project, 'a.spec.ts'), tests('@playwright/test') + flaky);
  writeFileSync(
    path.join(project, 'playwright.config.ts'),
    "export default { testMatch: '*.spec.ts', retries: 1 };",
  );
  const report = path.join(project, 'playwright.json');
  spawnSync(process.execPath, [path.join(modules, '@playwright/test/cli.js'), 'test', '--reporter=json'], {
    cwd: project,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
  });
  expect(readPlaywrightReport(report)).toEqual({
    passed: 2,
    failed: 2,
    skipped: 1,
    note: '1 flaky',
    failures: ['fails', 'flaky'],
  });
});

test('a report that is missing or damaged is none', () => {
  const damaged = path.join(project, 'damaged.json');
  writeFileSync(damaged, '{"testResults":');
  for (const read of [readVitestReport, readPlaywrightReport]) {
    expect(read(path.join(project, 'nowhere.json'))).toBeUndefined();
    expect(read(damaged)).toBeUndefined();
  }
});
