import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runSteps } from './verify/run-steps.ts';
import { planSteps } from './verify/steps.ts';

const root = path.join(import.meta.dirname, '..');
const reports = mkdtempSync(path.join(tmpdir(), 'coatcheck-verify-'));
process.on('exit', () => rmSync(reports, { recursive: true, force: true }));

const total = await runSteps(planSteps({ root, reports, ci: isCi(process.env.CI) }), {
  say: (line) => console.log(line),
  now: () => performance.now(),
});
process.exitCode = total.failed > 0 ? 1 : 0;

function isCi(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}
