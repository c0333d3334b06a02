import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
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

/** Rows whose outcome depends on where sessions are kept. */
const storeRows = /'BFF-(?:SESS|REF|LOGOUT)-\d\d'|'BFF-LEAK-09'|'BFF-OPS-03'/;

function storeTests(): string[] {
  const folder = path.join(root, 'conformance/tests');
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  return files.filter(
    (file) => file.startsWith('store-') || storeRows.test(readFileSync(path.join(folder, file), 'utf8')),
  );
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
