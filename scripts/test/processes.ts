import { spawnSync } from 'node:child_process';

/** Whether a process runs. One that ended may stay a zombie (Z) where its parent is gone and nothing collects it. */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}
