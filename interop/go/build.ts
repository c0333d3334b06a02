import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type CommandResult, runCommand, succeeded } from '../../scripts/process/run-command.ts';
import type { GoProgram } from './programs.ts';

/** Whether a program is there, or why not. */
export type Built =
  | { readonly kind: 'built'; readonly file: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** Seconds for one program, on a machine that has built nothing of it yet. */
const limitSeconds = 1_200;

/** Where a program is, or would be: in a folder that git ignores. */
export function programFile({ name, version }: GoProgram): string {
  return path.join(import.meta.dirname, '../.cache', `${name}-${version}`, name);
}

/** Finds the Go command: `GO`, then `PATH`, then where Go's own archive is unpacked. */
export function findGo(env: NodeJS.ProcessEnv): string | undefined {
  const candidates = env.GO ? [env.GO] : ['go', '/usr/local/go/bin/go'];
  return candidates.find((one) => spawnSync(one, ['version'], { stdio: 'ignore' }).status === 0);
}

/** Builds a program at its pinned version, unless it is there. */
export async function build(program: GoProgram, go: string): Promise<Built> {
  const file = programFile(program);
  if (existsSync(file)) return { kind: 'built', file };
  const cwd = path.dirname(file);
  mkdirSync(cwd, { recursive: true });
  writeFileSync(
    path.join(cwd, 'go.mod'),
    ['module interop', 'go 1.25', ...program.replace.map((one) => `replace ${one}`), ''].join('\n'),
  );
  const run = (...args: string[]) =>
    runCommand(go, args, {
      cwd,
      env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '1' },
      limitSeconds,
      output: 'keep',
    });
  const had = await run('get', '-tool', `${program.package}@${program.version}`);
  if (!succeeded(had)) return { kind: 'missing', reason: `go get: ${whatFailed(had)}` };
  const made = await run('build', '-tags', program.tags.join(','), '-o', file, program.package);
  if (!succeeded(made)) return { kind: 'missing', reason: `go build: ${whatFailed(made)}` };
  return { kind: 'built', file };
}

function whatFailed(result: CommandResult): string {
  if (result.kind === 'not-started') return result.reason;
  if (result.kind === 'timed-out') return `took more than ${limitSeconds} s`;
  return result.output.trim().split('\n').slice(-5).join('\n');
}
