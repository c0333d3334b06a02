import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../adapters/network.ts';
import { type Program, programFile, startProgram } from './program.ts';
import type { FaultyStore } from './store.ts';

/** A Redis server that has on its disk whatever it has acknowledged. */
export async function startRedis(): Promise<FaultyStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-faults-redis-'));
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const lasting = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const start = () =>
    startProgram(programFile('redis-server'), [...args, ...lasting], { cwd: folder }, () => answers(port));
  const urlVia = (via: number) => `redis://127.0.0.1:${via}`;
  let program: Program = await start();

  return {
    name: 'Redis',
    url: urlVia(port),
    server: {
      port,
      urlVia,
      async restart(how, meanwhile) {
        await program.end(how);
        try {
          await meanwhile?.();
        } finally {
          program = await start();
        }
      },
      // Scripts differ by how many arguments they have; the last of an update is the message that tells of it.
      wire: {
        attempt: /\*5\r\n\$\d+\r\nEVAL[^*]+lease:refresh:/,
        commit: /updated:/,
        listen: /SUBSCRIBE/i,
      },
    },
    pause: () => program.signal('SIGSTOP'),
    resume: () => program.signal('SIGCONT'),
    async close() {
      await program.end('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether the server answers, and has read its file. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  try {
    await once(socket, 'connect');
    socket.write('PING\r\n');
    const [answer]: unknown[] = await once(socket, 'data');
    return String(answer).startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}
