import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Machine } from '../machine.ts';

const run = promisify(execFile);

/**
 * Runs a part that needs a process to itself, on the server's core, and reads the figures that it prints.
 *
 * @throws with its error output, if it fails or prints anything else
 */
export async function runPart(
  machine: Machine,
  file: string,
  environment: Readonly<Record<string, string | number>>,
): Promise<Readonly<Record<string, number>>> {
  const given = Object.entries(environment).map(([name, value]) => [name, String(value)] as const);
  const running = run(...machine.at('server', process.execPath, ['--expose-gc', file]), {
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...Object.fromEntries(given) },
  });
  const leaveNothing = () => running.child.kill('SIGKILL');
  process.on('exit', leaveNothing);
  const { stdout } = await running.finally(() => process.off('exit', leaveNothing));
  const figures: unknown = JSON.parse(stdout);
  if (typeof figures !== 'object' || figures === null) throw new Error(`${file} printed no figures`);
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value)]));
}
