import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { freePort, type Program, programFile, startProgram } from './program.ts';

/** A Redis server of this test's own, on loopback. */
export interface RedisProgram extends Program {
  readonly port: number;
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  /** The URL of a store of its own. */
  space(name: string): string;
  /** Drops everybody's connections. */
  kick(): Promise<void>;
  /** Starts it again on the same port, after `end`; it has kept nothing unless told to save. */
  again(): Promise<RedisProgram>;
}

/**
 * Starts a Redis server that saves nothing.
 *
 * @param folder its working directory
 * @param more further arguments, such as `--requirepass`, `secret`; with `--tls-cert-file` it speaks nothing but TLS
 */
export async function startRedis(
  folder: string,
  more: readonly string[] = [],
  port?: number,
): Promise<RedisProgram> {
  const chosen = port ?? (await freePort());
  const ports = more.includes('--tls-cert-file') ? ['--port', '0', '--tls-port'] : ['--port'];
  const plain = [...ports, String(chosen), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const quiet = ['--daemonize', 'no', '--databases', '4'];
  const args = more.includes('--sentinel')
    ? [...more, '--port', String(chosen)]
    : [...plain, ...quiet, ...more];
  const program = await startProgram(programFile('redis-server'), args, { cwd: folder }, () => probe(chosen));
  return {
    ...program,
    port: chosen,
    url: `redis://127.0.0.1:${chosen}`,
    space: (name) => `redis://127.0.0.1:${chosen}?prefix=${name}:`,
    async kick() {
      await ask(chosen, 'CLIENT KILL TYPE normal SKIPME yes', 'CLIENT KILL TYPE pubsub');
    },
    again: () => startRedis(folder, more, chosen),
  };
}

/** Sends one command in the inline form, over a connection of its own, and gives the raw answer. */
export async function ask(port: number, ...commands: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const answer = text(socket);
  socket.end([...commands, 'QUIT', ''].join('\r\n'));
  return answer;
}

/** With a password or TLS any answer will do, and so will a closed connection. */
async function probe(port: number): Promise<void> {
  const answer = await ask(port, 'PING').catch((error: Error & { code?: string }) => {
    if (error.code === 'ECONNREFUSED') throw error;
    return '';
  });
  if (answer.startsWith('-LOADING')) throw new Error('it is loading');
}
