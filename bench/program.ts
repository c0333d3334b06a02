import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Machine, Place } from './machine.ts';

/** A server of its own process. */
export interface Program {
  readonly pid: number;
  close(): Promise<void>;
}

export interface ProgramOptions {
  readonly machine: Machine;
  readonly place: Place;
  /** Names its log in `folder`. */
  readonly name: string;
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Whom it runs as; the one who runs this unless told. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Answers, with whatever status, once the program is ready; or says so itself. */
  readonly readyUrl: string | (() => Promise<boolean>);
}

const patience = 30_000;
const farewell = 5_000;

/**
 * Starts a server and waits until it answers. It gets a clean environment; what it writes to standard output is
 * dropped, since reading it would cost the load's core.
 *
 * @throws with its error output, if it ends or does not answer within 30 s
 */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { machine, place, name, folder, readyUrl } = options;
  const log = path.join(folder, `${name}.log`);
  const errors = openSync(log, 'w');
  const [command, args] = machine.at(place, options.command, options.args);
  const child = spawn(command, args, {
    stdio: ['ignore', 'ignore', errors],
    env: { PATH: process.env.PATH ?? '', NODE_ENV: 'production', ...options.environment },
    ...options.user,
  });
  closeSync(errors);
  let failure: string | undefined;
  child.on('error', (error) => {
    failure = error.message;
  });
  const leaveNothing = () => child.kill('SIGKILL');
  process.on('exit', leaveNothing);
  child.on('exit', (code, signal) => {
    failure ??= `ended with ${code ?? signal}`;
    process.off('exit', leaveNothing);
  });

  const close = async () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const impatient = setTimeout(() => child.kill('SIGKILL'), farewell);
    await ended;
    clearTimeout(impatient);
  };

  const deadline = performance.now() + patience;
  const isReady = typeof readyUrl === 'string' ? () => answers(readyUrl) : readyUrl;
  while (!(await isReady())) {
    if (failure === undefined && performance.now() > deadline)
      failure = `no answer within ${patience / 1_000} s`;
    if (failure !== undefined) {
      await close();
      throw new Error(`${name}: ${failure}\n${readFileSync(log, 'utf8').slice(-4_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { pid: child.pid ?? -1, close };
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return address.port;
}

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(2_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
