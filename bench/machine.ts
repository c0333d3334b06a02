import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Which core a program runs on: the server under test, or everything else. */
export type Place = 'server' | 'load';

/** Puts programs on cores. */
export interface Machine {
  /** True where `taskset` keeps the server and the load apart. */
  readonly pinned: boolean;
  /** The command line that starts a program at its place. It replaces itself by the program: same process id. */
  at(place: Place, command: string, args: readonly string[]): readonly [string, readonly string[]];
}

const cores: Readonly<Record<Place, string>> = { server: '0', load: '1' };

/** Looks for `taskset` and two cores. Without them everything runs anywhere, and the report says so. */
export function findMachine(): Machine {
  const pinned = Object.values(cores).every(
    (core) => spawnSync('taskset', ['-c', core, 'true'], { stdio: 'ignore' }).status === 0,
  );
  return {
    pinned,
    at: (place, command, args) =>
      pinned ? ['taskset', ['-c', cores[place], command, ...args]] : [command, args],
  };
}

/** The machine in words: processor, cores, memory, system. */
export function describeMachine(): string {
  const gibibytes = Math.round(totalmem() / 2 ** 30);
  return `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${gibibytes} GiB, ${systemName()}`;
}

/** What else runs: the load average of the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}

function systemName(): string {
  if (process.platform !== 'linux') return process.platform;
  try {
    return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux';
  } catch {
    return 'Linux';
  }
}
