import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from './support/api.ts';
import { portOf } from './support/authorization-server.ts';

const entry = path.join(import.meta.dirname, '..', 'src', 'main.ts');

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [entry], { env: { PATH: process.env.PATH, API_PORT: '0', ...env } });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (output.out += chunk));
  child.stderr.on('data', (chunk) => (output.err += chunk));
  return { child, output };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', resolve));
}

/** Runs it to its end: the exit code, and what it said apart from Node's own warnings. */
async function run(env: Record<string, string>) {
  const { child, output } = start({ NODE_NO_WARNINGS: '1', ...env });
  return { code: await exitOf(child), said: output.err.trim() };
}

describe('the process', () => {
  it('starts, answers, keeps its data in DATA_DIR, and stops at SIGTERM', async () => {
    const directory = temporaryDirectory();
    const { child, output } = start({ DATA_DIR: path.join(directory, 'data') });
    const exit = exitOf(child);
    await expect.poll(() => output.out, { timeout: 10_000 }).toContain('Server listening');
    const port = /Server listening at http:\/\/127\.0\.0\.1:(\d+)/.exec(output.out)?.[1];
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ status: 'ok' });
    const file = path.join(directory, 'data', 'api', 'notes.db');
    expect(existsSync(file)).toBe(true);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  it('a taken port: one clear line, exit code 2', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const port = portOf(server.address());
    const { code, said } = await run({ API_PORT: String(port), DATA_DIR: temporaryDirectory() });
    expect(code).toBe(2);
    expect(said).toBe(
      `The demo API cannot listen on 127.0.0.1:${port}: the port is taken. Set API_PORT or API_HOST to something else.`,
    );
  });

  it('a data directory that cannot be made: one clear line, exit code 2', async () => {
    const file = path.join(temporaryDirectory(), 'a-file');
    writeFileSync(file, '');
    const { code, said } = await run({ DATA_DIR: file });
    expect(code).toBe(2);
    expect(said).toMatch(
      /^The demo API cannot use .*notes\.db: .*\. Set DATA_DIR to a directory it may write\.$/,
    );
  });

  it.each<[string, (file: string) => void, RegExp]>([
    ['is no database', (file) => writeFileSync(file, 'x'.repeat(5000)), /not a database/],
    [
      'comes from a newer version',
      (file) => new DatabaseSync(file).exec('PRAGMA user_version = 99'),
      /newer version/,
    ],
  ])('a database file that %s: one clear line, exit code 2', async (_, damage, reason) => {
    const directory = temporaryDirectory();
    const { child, output } = start({ DATA_DIR: directory });
    await expect.poll(() => output.out, { timeout: 10_000 }).toContain('Server listening');
    const exit = exitOf(child);
    child.kill('SIGTERM');
    await exit;
    damage(path.join(directory, 'api', 'notes.db'));
    const { code, said } = await run({ DATA_DIR: directory });
    expect(code).toBe(2);
    expect(said).toMatch(reason);
    expect(said.split('\n')).toHaveLength(1);
  });

  it('all mistakes in the environment at once, exit code 2', async () => {
    const { code, said } = await run({
      API_PORT: '99999',
      API_ISSUER: 'idp',
      API_HOST: 'http://x',
      API_PUBLIC_URL: 'api.example',
      API_LOG_LEVEL: 'loud',
    });
    expect(code).toBe(2);
    for (const name of ['API_PORT', 'API_ISSUER', 'API_HOST', 'API_PUBLIC_URL', 'API_LOG_LEVEL'])
      expect(said).toContain(name);
  });

  it('an issuer over plain http on another machine: refused with the reason, exit code 2', async () => {
    const { code, said } = await run({
      API_ISSUER: 'http://idp.example.test',
      DATA_DIR: temporaryDirectory(),
    });
    expect(code).toBe(2);
    expect(said).toContain('issuer must be a URL');
    expect(said).not.toContain('    at ');
  });
});
