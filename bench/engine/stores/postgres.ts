import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort, startProgram } from '../../program.ts';
import { batchesOf } from './batches.ts';
import { copyHeader, copyRow, copyTrailer } from './postgres-copy.ts';
import type { StoreKind } from './store.ts';

const run = promisify(execFile);
const [user, password] = ['postgres', 'its-secret'];

/** A server with a cluster of its own and its default settings. What it is asked is read from pg_stat_statements. */
export const postgres: StoreKind = {
  name: 'PostgreSQL',
  async start(machine, parent) {
    const [initdb, server] = [programFile('initdb'), programFile('postgres')];
    if (initdb === undefined || server === undefined) return 'PostgreSQL is not on this machine';
    const folder = await mkdtemp(path.join(parent, 'postgres-'));
    const [data, passwordFile] = [path.join(folder, 'data'), path.join(folder, 'password')];
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, password);
    const owner = ownerOfServer();
    if (owner) {
      for (const one of [folder, data, passwordFile]) await chown(one, owner.uid, owner.gid);
      await chmod(parent, 0o711);
    }
    await run(
      initdb,
      [
        ...['--auth=scram-sha-256', `--username=${user}`, `--pwfile=${passwordFile}`, '--encoding=UTF8'],
        ...['--no-locale', '--no-sync', '--pgdata', data],
      ],
      { ...owner, cwd: folder },
    );
    const port = await freePort();
    const settings = [
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'shared_preload_libraries=pg_stat_statements',
      // Neither changes a figure: loading writes no log of a gigabyte, and a checkpoint does not fall into a look-up.
      'max_wal_size=8GB',
    ].flatMap((setting) => ['-c', setting]);
    const program = await startProgram({
      machine,
      place: 'load',
      name: 'postgres',
      folder,
      command: server,
      args: ['-D', data, '-p', String(port), ...settings],
      ...(owner ? { user: owner } : {}),
      readyUrl: () => isReady(data),
    });
    const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres?timeout=10000`;
    await ask(url, 'CREATE EXTENSION pg_stat_statements');
    return {
      url,
      pids: [program.pid],
      version: `PostgreSQL ${(await ask(url, 'SHOW server_version')).trim()}`,
      async close() {
        await program.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  },
  async load(url, sessions) {
    const columns =
      'id, version, subject, provider_session, created_at, last_seen_at, idle_expires_at, expires_at, sweep_at, device, sealed';
    const copy = `COPY coatcheck.sessions (${columns}) FROM STDIN (FORMAT binary)`;
    const child = spawn('psql', [serverOf(url), '-v', 'ON_ERROR_STOP=1', '-qc', copy], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const ended = once(child, 'close');
    child.stdin.write(copyHeader);
    for (const some of batchesOf(sessions, 200)) {
      if (!child.stdin.write(Buffer.concat(some.map(copyRow)))) await once(child.stdin, 'drain');
    }
    child.stdin.end(copyTrailer);
    const [code]: unknown[] = await ended;
    if (code !== 0) throw new Error('psql could not load the sessions');
    await ask(url, 'VACUUM (ANALYZE) coatcheck.sessions');
  },
  async size(url) {
    const table = `'coatcheck.sessions'::regclass`;
    const text = await ask(
      url,
      `SELECT pg_relation_size(${table}), pg_indexes_size(${table}), pg_total_relation_size(${table})`,
    );
    const [rows = 0, indexes = 0, bytes = 0] = text.trim().split('|').map(Number);
    return { bytes, parts: { rows, indexes, 'sealed records apart (TOAST)': bytes - rows - indexes } };
  },
  async count(url) {
    await ask(url, 'SELECT pg_stat_statements_reset()');
    return {
      async stop() {
        const rows = await ask(
          url,
          `SELECT calls || ' ' || regexp_replace(query, '\\s+', ' ', 'g') FROM pg_stat_statements
           WHERE query NOT LIKE '%pg_stat_statements%'`,
        );
        const lines = rows.split('\n').filter(Boolean);
        return new Map(lines.map((line) => [line.replace(/^\d+ /, ''), Number(line.split(' ', 1)[0])]));
      },
    };
  },
};

function serverOf(url: string): string {
  return url.split('?')[0] ?? url;
}

async function ask(url: string, sql: string): Promise<string> {
  const { stdout } = await run('psql', [serverOf(url), '-v', 'ON_ERROR_STOP=1', '-qAtc', sql]);
  return stdout;
}

/** PostgreSQL refuses to run as root. */
function ownerOfServer(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.geteuid?.() !== 0) return undefined;
  const [uid = 65_534, gid = 65_534] = ['-u', '-g'].map((which) => {
    try {
      return Number(execFileSync('id', [which, user], { stdio: 'pipe' }));
    } catch {
      return undefined;
    }
  });
  return { uid, gid };
}

/** The server writes its state into a line of its own. */
async function isReady(data: string): Promise<boolean> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  return text.split('\n')[7]?.trim() === 'ready';
}

/** Debian keeps the programs of each version in a folder of its own, outside `PATH`. */
function programFile(name: string): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  const folders = newestFirst.map((version) => path.join(debian, version, 'bin'));
  const all = [...folders, ...(process.env.PATH ?? '').split(path.delimiter)];
  return all.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}
