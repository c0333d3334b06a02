import { existsSync, readFileSync } from 'node:fs';
import type { Counts } from './tally.ts';

/** Reads the counts from Vitest's JSON report; undefined when there is none or it is none. */
export function readVitestReport(file: string): Counts | undefined {
  const report = readReport(file);
  const results = report?.testResults;
  if (!Array.isArray(results)) return undefined;
  const files = results.map(record);
  const tests = files.flatMap(({ assertionResults }) =>
    Array.isArray(assertionResults) ? assertionResults.map(record) : [],
  );
  const statuses = tests.map(({ status }) => status);
  const failures = tests.filter(isFailed).map(({ fullName }) => String(fullName));
  const count = (...wanted: string[]) => statuses.filter((status) => wanted.includes(String(status))).length;
  const unloaded = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !(Array.isArray(assertionResults) && assertionResults.some(isFailed)),
  ).length;
  return {
    passed: count('passed'),
    failed: count('failed') + unloaded,
    skipped: count('skipped', 'pending', 'todo', 'disabled'),
    ...(unloaded > 0 && { note: `${unloaded} files failed outside their tests` }),
    ...(failures.length > 0 && { failures }),
  };
}

/** Reads the counts from Playwright's JSON report. A test that passed only when it was repeated has failed. */
export function readPlaywrightReport(file: string): Counts | undefined {
  const report = readReport(file);
  if (!report) return undefined;
  const stats = record(report.stats);
  const [expected, unexpected, flaky, skipped] = ['expected', 'unexpected', 'flaky', 'skipped'].map(
    (name) => stats[name],
  );
  if (!isCount(expected) || !isCount(unexpected) || !isCount(flaky) || !isCount(skipped)) return undefined;
  return {
    passed: expected,
    failed: unexpected + flaky,
    skipped,
    ...(flaky > 0 && { note: `${flaky} flaky` }),
    ...(unexpected + flaky > 0 && { failures: failedSpecs(report) }),
  };
}

/** The titles of the specs that are not `ok` in a suite of Playwright's report, and in those below it. */
function failedSpecs(suite: Record<string, unknown>): string[] {
  const { specs, suites } = suite;
  const own = (Array.isArray(specs) ? specs.map(record) : [])
    .filter(({ ok, tests }) => ok !== true || isFlaky(tests))
    .map(({ title }) => String(title));
  return [...own, ...(Array.isArray(suites) ? suites.flatMap((one) => failedSpecs(record(one))) : [])];
}

function isFlaky(tests: unknown): boolean {
  return Array.isArray(tests) && tests.some((test) => record(test).status === 'flaky');
}

function readReport(file: string): Record<string, unknown> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return record(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function isFailed(test: unknown): boolean {
  return record(test).status === 'failed';
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
