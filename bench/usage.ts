import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time for programs in hundredths of a second on every machine that Node runs on. */
const tickMicros = 10_000;

/** What a tree of processes has used. */
export interface Usage {
  /** User and system time since its start, in microseconds. Of processes that live. */
  readonly cpuMicros: number;
  /** Resident memory, in bytes. */
  readonly residentBytes: number;
}

/**
 * Reads what processes and all their descendants have used, from /proc.
 *
 * @returns undefined where there is no /proc
 */
export function readUsage(pids: readonly number[]): Usage | undefined {
  if (process.platform !== 'linux') return undefined;
  let cpuMicros = 0;
  let residentBytes = 0;
  for (const pid of new Set(pids.flatMap(treeOf))) {
    const stat = read(`/proc/${pid}/stat`);
    // The name in parentheses may hold anything; utime and stime are fields 14 and 15 (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    cpuMicros += (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * tickMicros;
    residentBytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1_024;
  }
  return { cpuMicros, residentBytes };
}

function treeOf(pid: number): number[] {
  const children = threadsOf(pid).flatMap((thread) =>
    read(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(treeOf)];
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process may end while we look. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
