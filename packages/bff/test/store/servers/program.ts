import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A server program that a test started. */
export interface Program {
  readonly pid: number;
  /** Sends a signal to the server and to no other program. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it and waits until it is gone; a stopped one is ended as well. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a server and waits until it answers. It is ended with this process at the latest.
 *
 * @param isUp tried over and over until it no longer rejects
 * @throws what the program printed, where it ends before it answers
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  options: SpawnOptions,
  isUp: () => Promise<unknown>,
): Promise<Program> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  child.once('error', failed.reject);
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error(`${file} has no output`);
  const output = Promise.all([text(stdout), text(stderr)]);
  child.once('exit', async () =>
    failed.reject(new Error(`${file} ended: ${(await output).join('').slice(-2000)}`)),
  );

  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  child.once('exit', () => process.off('exit', killAtExit));
  try {
    await Promise.race([answers(isUp), failed.promise]);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    signal: (signal) => child.kill(signal),
    end: (signal = 'SIGTERM') => endChild(child, signal),
  };
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  child.kill('SIGCONT');
  await gone;
}

async function answers(isUp: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + 25_000;
  for (;;) {
    try {
      await isUp();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Where a program is: in `PATH` or one of the folders. */
export function programFile(name: string, folders: readonly string[] = []): string {
  const all = [...(process.env.PATH ?? '').split(delimiter), ...folders];
  const file = all.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is not on this machine: run "pnpm run setup"`);
  return file;
}

/** A port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
