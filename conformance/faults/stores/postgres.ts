import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../adapters/network.ts';
import { type Program, programFile, startProgram } from './program.ts';
import type { FaultyStore } from './store.ts';

const user = 'postgres';
const password = 'its-secret';
const run = promisify(execFile);

/** A PostgreSQL server with a cluster of its own, on loopback, with a password. */
export async function startPostgres(): Promise<FaultyStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-faults-postgres-'));
  const data = path.join(folder, 'data');
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, password);
  await mkdir(data, { mode: 0o700 });
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined)
    for (const one of [folder, data, passwordFile]) await chown(one, uid, gid);
  await run(
    serverFile('initdb'),
    [
      ...['--auth=scram-sha-256', `--username=${user}`, `--pwfile=${passwordFile}`, '--encoding=UTF8'],
      ...['--no-locale', '--no-sync', '--pgdata', data],
    ],
    { ...owner(), cwd: folder },
  );
  const port = await freePort();
  // Without fsync a killed server still finds its data, since the system is not killed.
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    'max_connections=90',
    'shared_buffers=16MB',
  ].flatMap((setting) => ['-c', setting]);
  const start = () =>
    startProgram(
      serverFile('postgres'),
      ['-D', data, '-p', String(port), ...settings],
      { ...owner(), cwd: data },
      () => isReady(data),
    );
  const urlVia = (via: number) => `postgres://${user}:${password}@127.0.0.1:${via}/postgres`;
  let program: Program = await start();
  /** Each connection has a process of its own, which goes on while only the first one stands still. */
  const signalAll = (signal: NodeJS.Signals) => {
    const children = childrenOf(program.pid);
    program.signal(signal);
    for (const child of children) tryKill(child, signal);
  };

  return {
    name: 'PostgreSQL',
    url: urlVia(port),
    server: {
      port,
      urlVia,
      async restart(how, meanwhile) {
        const children = childrenOf(program.pid);
        if (how === 'SIGKILL') signalAll(how);
        await program.end(how === 'SIGKILL' ? how : 'SIGINT');
        // Whoever is left holds on to the memory that the next one needs.
        while (children.some(isAlive)) await new Promise((resolve) => setTimeout(resolve, 5));
        try {
          await meanwhile?.();
        } finally {
          program = await start();
        }
      },
      // Statements are prepared, and each use says its name.
      wire: {
        attempt: /coatcheck markAttempt/,
        commit: /coatcheck update/,
        listen: /LISTEN "/,
      },
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    async close() {
      signalAll('SIGCONT');
      await program.end('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: there, `postgres` runs it, or whoever has nothing to lose. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.geteuid?.() !== 0) return {};
  try {
    const [uid, gid] = ['-u', '-g'].map((which) =>
      Number(execFileSync('id', [which, user], { stdio: 'pipe' })),
    );
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  } catch {
    // No such user here.
  }
  return { uid: 65_534, gid: 65_534 };
}

/** The server writes its state into a line of its own. */
async function isReady(data: string): Promise<boolean> {
  const lines = (await readFile(path.join(data, 'postmaster.pid'), 'utf8')).split('\n');
  return lines[7]?.trim() === 'ready' && isAlive(Number(lines[0]));
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).split('\n');
  const processes = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return processes.flatMap(([ppid, pid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

/** A connection's process may end on its own at any time. */
function tryKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Debian keeps the programs of each version in a folder of its own, outside `PATH`. */
function serverFile(name: string): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  return programFile(
    name,
    newestFirst.map((version) => path.join(debian, version, 'bin')),
  );
}
