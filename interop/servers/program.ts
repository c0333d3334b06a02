import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

/** A server program that runs. */
export interface RunningProgram {
  /** Everything it has written. */
  log(): string;
  /** Ends it, and waits. */
  end(): Promise<void>;
}

const patience = 30_000;

/**
 * Starts a server program of this machine and waits until it answers.
 *
 * @param alive a URL that answers when it is ready, with whatever status below 500
 * @throws Error with what it wrote, where it ends or says nothing for half a minute
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  alive: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const output of [child.stdout, child.stderr]) output.on('data', (text) => (log += String(text)));
  const ended = once(child, 'close');
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  };
  // A test that fails while it sets a server up leaves none behind.
  process.once('exit', kill);
  const end = async () => {
    kill();
    await ended;
    process.off('exit', kill);
  };
  const deadline = performance.now() + patience;
  while (child.exitCode === null && performance.now() < deadline) {
    const answered = await fetch(alive).then(
      ({ status }) => status < 500,
      () => false,
    );
    if (answered) return { log: () => log, end };
    await pause(50);
  }
  await end();
  throw new Error(`${file} does not answer at ${alive}:\n${log}`);
}
