import path from 'node:path';
import { runCommand, succeeded } from '../scripts/process/run-command.ts';
import { build, findGo } from './go/build.ts';
import { goPrograms } from './go/programs.ts';

const root = path.join(import.meta.dirname, '..');
const go = findGo(process.env);
if (go === undefined) {
  console.error(
    'No Go here. Install Go 1.25 or newer, or set GO to its command: Dex and Hydra are built with it.',
  );
  process.exit(1);
}
let complete = true;
for (const program of goPrograms) {
  console.log(`${program.name} ${program.release}: building, unless it is there`);
  const built = await build(program, go);
  if (built.kind === 'missing') complete = false;
  console.log(`${program.name}: ${built.kind === 'built' ? path.relative(root, built.file) : built.reason}`);
}
for (const config of ['interop/vitest.config.ts', 'interop/go/vitest.config.ts']) {
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
  const result = await runCommand(process.execPath, [vitest, 'run', '-c', config], {
    cwd: root,
    env: process.env,
    limitSeconds: 900,
    output: 'show',
  });
  if (!succeeded(result)) complete = false;
}
process.exitCode = complete ? 0 : 1;
