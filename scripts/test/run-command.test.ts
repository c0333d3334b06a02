import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { runCommand, succeeded } from '../process/run-command.ts';
import { isRunning } from './processes.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'run-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const runNode = (code: string, limitSeconds = 10) =>
  runCommand(process.execPath, ['-e', code], { limitSeconds, output: 'keep' });

test('an ended command gives its status and both outputs', async () => {
  const result = await runNode("console.log('out'); console.error('err'); process.exitCode = 3");
  expect(result).toMatchObject({ kind: 'ended', code: 3 });
  expect(result.output).toContain('out\n');
  expect(result.output).toContain('err\n');
  expect(succeeded(result)).toBe(false);
});

test('a command that is not there is a result', async () => {
  const result = await runCommand('/nowhere/program', [], { limitSeconds: 1, output: 'keep' });
  expect(result).toMatchObject({ kind: 'not-started', reason: expect.stringContaining('ENOENT') });
});

test('past the limit the command and what it started are ended', async () => {
  const grandchild = 'setInterval(() => {}, 1000); process.stdout.write(String(process.pid))';
  const result = await runNode(
    `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`,
    1,
  );
  expect(result.kind).toBe('timed-out');
  const pid = Number(result.output);
  expect(pid).toBeGreaterThan(0);
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
});

test('a signal ends the command first and then us', async () => {
  const module = path.join(import.meta.dirname, '../process/run-command.ts');
  const marker = path.join(folder, 'child');
  const waiting = `process.on('SIGTERM', () => { require('node:fs').writeFileSync(${JSON.stringify(marker)}, 'ended'); process.exit(); });
    setInterval(() => {}, 1000); process.stdout.write('ready')`;
  const caller = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { runCommand } from ${JSON.stringify(module)};
       await runCommand(process.execPath, ['-e', ${JSON.stringify(waiting)}], { limitSeconds: 20, output: 'show' });
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(caller.stdout, 'data');
  caller.kill('SIGTERM');
  const [, signal] = await once(caller, 'exit');
  expect(signal).toBe('SIGTERM');
  expect(readFileSync(marker, 'utf8')).toBe('ended');
});
