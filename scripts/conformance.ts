import path from 'node:path';
import { runCommand, succeeded } from './process/run-command.ts';

/**
 * Runs the conformance suite and prints its table, requirement by requirement. What follows on the command line goes to
 * Vitest: `pnpm conformance cookies` runs the files with that name.
 */
const root = path.join(import.meta.dirname, '..');
const result = await runCommand(
  process.execPath,
  [
    path.join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'conformance/vitest.config.ts',
    ...process.argv.slice(2),
  ],
  { cwd: root, limitSeconds: 900, output: 'show' },
);
process.exitCode = succeeded(result) ? 0 : 1;
