import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const main = new URL('../src/cli/main.ts', import.meta.url).pathname;

/** What a call of the command line came to. */
export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of this test's own. */
export function ownFolder(): string {
  return mkdtempSync(join(tmpdir(), 'coatcheck-'));
}

/** A configuration that works, on free ports. */
export function workingConfig(): Record<string, unknown> {
  return {
    publicUrl: 'http://localhost:3000',
    keys: [randomBytes(32).toString('base64url')],
    store: { url: 'memory:' },
    listen: { port: 0 },
    management: { port: 0 },
    providers: [{ id: 'demo', issuer: 'http://127.0.0.1:1', clientId: 'c', clientSecret: 's' }],
  };
}

/** Writes a configuration file and names it. */
export function configFile(config: unknown, folder = ownFolder()): string {
  const path = join(folder, 'coatcheck.config.json');
  writeFileSync(path, typeof config === 'string' ? config : JSON.stringify(config));
  return path;
}

/** Runs the command line to its end. */
export async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const child = start(args, env);
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (part) => (output.stdout += String(part)));
  child.stderr?.on('data', (part) => (output.stderr += String(part)));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ...output };
}

/** Starts the command line and leaves it running. */
export function start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('COATCHECK_')),
  );
  return spawn(process.execPath, [main, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
