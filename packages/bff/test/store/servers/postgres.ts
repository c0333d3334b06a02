import { execFile, execFileSync } from 'node:child_process';
import { chownSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort, type Program, programFile, startProgram } from './program.ts';

/** A PostgreSQL server of this test's own, on loopback, with a superuser that needs a password. */
export interface PostgresProgram extends Program {
  readonly port: number;
  /** `postgres://postgres:secret@127.0.0.1:port/postgres` */
  readonly url: string;
  /** The URL of a store of its own. */
  space(name: string): string;
  /** Drops everybody's connections. */
  kick(): Promise<void>;
  /** The folder with its data and configuration. */
  readonly data: string;
  /** Starts it again on the same port and data, after `end`. */
  again(): Promise<PostgresProgram>;
  /** Runs statements as the superuser, over a connection of their own. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

const run = promisify(execFile);
const user = 'postgres';
export const password = 'its-secret';

/**
 * Makes a database cluster and starts a server on it.
 *
 * @param folder an empty folder
 * @param settings more lines of `postgresql.conf`
 */
export async function startPostgres(
  folder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresProgram> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, password);
  mkdirSync(data, { mode: 0o700 });
  giveAway(folder, passwordFile, data);
  const options = [
    '--auth=scram-sha-256',
    `--username=${user}`,
    `--pwfile=${passwordFile}`,
    '--encoding=UTF8',
  ];
  await run(serverFile('initdb'), [...options, '--no-locale', '--no-sync', '--pgdata', data], {
    ...owner(),
    cwd: folder,
  });
  return start(data, await freePort(), settings);
}

async function start(
  data: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<PostgresProgram> {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: '60',
    ...settings,
  };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
  const query = async (sql: string) => {
    const client = new Client({ host: '127.0.0.1', port, user, password, database: 'postgres', ssl: false });
    try {
      await client.connect();
      return (await client.query<Readonly<Record<string, unknown>>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const program = await startProgram(
    serverFile('postgres'),
    ['-D', data, '-p', String(port), ...args],
    { ...owner(), cwd: data },
    () => query('SELECT 1'),
  );
  /** Each connection has a process of its own, which goes on while only the first one stands still. */
  const signalAll = (signal: NodeJS.Signals) => {
    // It starts no others once it stands still.
    program.signal('SIGSTOP');
    const children = childrenOf(program.pid);
    program.signal(signal);
    for (const child of children) {
      try {
        process.kill(child, signal);
      } catch {
        // Its connection ended meanwhile.
      }
    }
  };
  return {
    ...program,
    signal: signalAll,
    async end(signal = 'SIGINT') {
      if (signal === 'SIGKILL') signalAll(signal);
      // A fast shutdown; a smart one waits for clients.
      await program.end(signal);
    },
    port,
    url,
    space: (name) => `${url}?schema=${name}`,
    async kick() {
      await query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
    },
    data,
    query,
    again: () => start(data, port, settings),
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

/** Makes the server's user the owner. */
export function giveAway(...paths: readonly string[]): void {
  const { uid, gid } = owner();
  if (uid === undefined || gid === undefined) return;
  for (const path of paths) chownSync(path, uid, gid);
}

function childrenOf(parent: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' }).split('\n');
  const processes = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return processes.flatMap(([ppid, pid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

/** Debian and others keep the programs of each version in a folder of its own, outside `PATH`. */
function serverFile(name: string): string {
  const places = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql@*/bin'];
  const version = (folder: string) => Number(/\d+/.exec(folder)?.[0]);
  return programFile(
    name,
    globSync(places).toSorted((a, b) => version(b) - version(a)),
  );
}
