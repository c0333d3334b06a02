import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Machine } from '../machine.ts';
import { freePort, type Program, startProgram } from '../program.ts';

/** A server for sessions. It runs on the load's core, and its processor time is counted for nobody. */
export interface Redis {
  /** Host and port. */
  readonly host: string;
  readonly url: string;
  readonly pid: number;
  /** Name and version. */
  readonly name: string;
  close(): Promise<void>;
}

/**
 * Starts a Redis that keeps nothing on disk.
 *
 * @param folder it may write into
 * @returns undefined where `redis-server` is not in PATH
 */
export async function startRedis(machine: Machine, folder: string): Promise<Redis | undefined> {
  const { stdout } = spawnSync('redis-server', ['-v'], { encoding: 'utf8' });
  const version = /v=(\S+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) return undefined;
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const { pid, close } = await startProgram({
    machine,
    place: 'load',
    name: 'redis',
    folder,
    command: 'redis-server',
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    readyUrl: () => answers(port),
  });
  return { host, url: `redis://${host}`, pid, name: `Redis ${version}`, close };
}

/** For targets that need one and find none. */
export const noRedis = { kind: 'unavailable', reason: 'redis-server is not in PATH' } as const;

/** Closes a target's server, then what it needed. */
export function closing(...programs: readonly Pick<Program, 'close'>[]): () => Promise<void> {
  return async () => {
    for (const { close } of programs) await close();
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer]: unknown[] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
