import { globSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { engineFiles } from '../conformance/session-engine.ts';
import { runCommand, succeeded } from './process/run-command.ts';

/**
 * Runs the conformance suite and prints its table, requirement by requirement. What follows on the command line goes to
 * Vitest: `pnpm conformance cookies` runs the files with that name. `--store redis` or `--store postgres` starts such a
 * server, and runs what depends on the store there.
 */
const root = path.join(import.meta.dirname, '..');
const { values, positionals } = parseArgs({
  options: { store: { type: 'string' }, testNamePattern: { type: 'string', short: 't' } },
  allowPositionals: true,
});

/** The rows of the session engine, and what is about stores themselves. */
function storeTests(): string[] {
  return [
    ...new Set([...engineFiles(root), ...globSync('conformance/tests/store-*.test.ts', { cwd: root })]),
  ];
}

const all = values.store === undefined ? [] : storeTests();
const result = await runCommand(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'conformance/vitest.config.ts',
    ...(positionals.length > 0 ? positionals : all),
    ...(values.testNamePattern === undefined ? [] : ['-t', values.testNamePattern]),
  ],
  {
    cwd: root,
    env: { ...process.env, ...(values.store === undefined ? {} : { CONFORMANCE_STORE: values.store }) },
    limitSeconds: 900,
    output: 'show',
  },
);
process.exitCode = succeeded(result) ? 0 : 1;
