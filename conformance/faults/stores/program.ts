import { type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A server program that this run started. */
export interface Program {
  readonly pid: number;
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits until it is gone; one that was stopped goes on first. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** How long a server may take to answer. Milliseconds. */
const patience = 25_000;

/**
 * Starts a server and waits until it is up. It ends with this process at the latest.
 *
 * @param isUp looked at over and over until it is true
 * @throws Error with what it printed, where it ends before that
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
  isUp: () => Promise<boolean>,
): Promise<Program> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text) => (output = `${output}${text}`.slice(-4_000)));
  child.stderr?.setEncoding('utf8').on('data', (text) => (output = `${output}${text}`.slice(-4_000)));
  let isRunning = true;
  const ended = Promise.race([once(child, 'close'), once(child, 'error')]).finally(() => {
    isRunning = false;
    process.off('exit', killAtExit);
  });
  ended.catch(() => undefined);
  const killAtExit = () => child.kill('SIGKILL');
  process.on('exit', killAtExit);

  const deadline = performance.now() + patience;
  while (!(await isUp().catch(() => false))) {
    if (!isRunning || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${file} did not start: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    pid: child.pid ?? -1,
    signal(signal) {
      if (isRunning) child.kill(signal);
    },
    async end(signal) {
      if (!isRunning) return;
      child.kill(signal);
      child.kill('SIGCONT');
      await ended;
    },
  };
}

/** Where a program is: in `PATH` or one of the folders. */
export function programFile(name: string, folders: readonly string[] = []): string {
  const all = [...(process.env.PATH ?? '').split(delimiter), ...folders];
  const file = all.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is not on this machine: run "pnpm run setup"`);
  return file;
}
