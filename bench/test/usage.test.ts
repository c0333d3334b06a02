import { spawn } from 'node:child_process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readUsage } from '../usage.ts';

// They end by themselves, whatever becomes of the test.
const idleParentOfBusyChild = `
  const busy = 'const end = Date.now() + 10_000; while (Date.now() < end);';
  require('node:child_process').spawn(process.execPath, ['-e', busy], { stdio: 'ignore' });
`;

test.runIf(process.platform === 'linux')('the time and memory of descendants count', async () => {
  const parent = spawn(process.execPath, ['-e', idleParentOfBusyChild], { stdio: 'ignore', detached: true });
  const pid = parent.pid ?? -1;
  onTestFinished(() => {
    process.kill(-pid, 'SIGKILL');
  });
  // Far more than the parent takes to start.
  await vi.waitFor(() => expect(readUsage([pid])?.cpuMicros).toBeGreaterThan(800_000), {
    timeout: 9_000,
    interval: 50,
  });
  expect(readUsage([pid])?.residentBytes).toBeGreaterThan(50 * 2 ** 20);
});

test.runIf(process.platform === 'linux')('a process that is gone has used nothing', () => {
  expect(readUsage([2 ** 22 + 1])).toEqual({ cpuMicros: 0, residentBytes: 0 });
});
