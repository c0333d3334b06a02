import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from '../../scripts/process/run-command.ts';
import type { Mutation } from './mutation.ts';

/** What became of a mutation. */
export type Verdict =
  /** A test failed: the first that did. */
  | { readonly kind: 'caught'; readonly by: string }
  /** All passed: nobody would notice. */
  | { readonly kind: 'survived' }
  /** The text does not stand once in its file. */
  | { readonly kind: 'stale'; readonly found: number }
  /** No test ran, so it says nothing. */
  | { readonly kind: 'broken'; readonly why: string };

const limitSeconds = 180;

/** Applies a mutation in a copy of the tree, runs its test file there, and puts the text back. */
export async function judge(root: string, { file, find, replace, test }: Mutation): Promise<Verdict> {
  const place = path.join(root, file);
  const whole = await readFile(place, 'utf8').catch(() => '');
  const found = whole.split(find).length - 1;
  if (found !== 1) return { kind: 'stale', found };
  await writeFile(
    place,
    whole.replace(find, () => replace),
  );
  try {
    return await runTests(root, test);
  } finally {
    await writeFile(place, whole);
  }
}

/** Runs one test file, up to the first test that fails. */
export async function runTests(root: string, test: string): Promise<Verdict> {
  const report = path.join(root, 'mutation-report.json');
  await rm(report, { force: true });
  const ofConformance = test.startsWith('conformance/') ? ['--config', 'conformance/vitest.config.ts'] : [];
  const result = await runCommand(
    process.execPath,
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...ofConformance,
      test,
      '--bail=1',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { cwd: root, limitSeconds, output: 'keep' },
  );
  if (result.kind === 'timed-out') return { kind: 'caught', by: `no end within ${limitSeconds} s` };
  const written = await readFile(report, 'utf8').catch(() => undefined);
  if (written === undefined) return { kind: 'caught', by: 'it ends the whole process' };
  const { failed, passed } = readReport(written);
  const [first] = failed;
  if (first !== undefined) return { kind: 'caught', by: first };
  if (result.kind === 'ended' && result.code === 0 && passed > 0) return { kind: 'survived' };
  if (passed > 0) return { kind: 'caught', by: 'an error that no test of it expects' };
  const errors = /(?:Error|Unhandled)[^\n]*/.exec(result.output)?.[0];
  return { kind: 'broken', why: errors ?? `no test ran in ${test}` };
}

function readReport(written: string): { failed: string[]; passed: number } {
  const report: unknown = JSON.parse(written);
  const tests = listIn(report, 'testResults').flatMap((one) => listIn(one, 'assertionResults'));
  const withStatus = (status: string) => tests.filter((one) => textIn(one, 'status') === status);
  return {
    failed: withStatus('failed').map((one) => textIn(one, 'fullName')),
    passed: withStatus('passed').length,
  };
}

function listIn(value: unknown, name: string): unknown[] {
  const found = memberOf(value, name);
  return Array.isArray(found) ? found : [];
}

function textIn(value: unknown, name: string): string {
  const found = memberOf(value, name);
  return typeof found === 'string' ? found : '';
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}
