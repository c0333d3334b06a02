import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { compileCache } from './compile-cache.ts';

/** A process of the BFF. */
export interface Child {
  readonly pid: number;
  /** Undefined while it runs. */
  readonly exitCode: number | null | undefined;
  /** Resolves when it has ended and all it wrote was read. */
  readonly ended: Promise<void>;
  /** Sends a signal, unless it has ended. */
  signal(name: NodeJS.Signals): void;
  /** Sets how far its clock is ahead, in milliseconds. */
  setClock(ahead: number): Promise<void>;
}

/**
 * Starts Node with a clean environment and the shifted clock.
 *
 * @param clockAhead milliseconds
 * @param onOutput gets what it writes, as it comes
 */
export function startChild(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  clockAhead: number,
  onOutput: (text: string) => void,
): Child {
  const shiftClock = new URL('./shift-clock.ts', import.meta.url).href;
  const process_ = spawn(process.execPath, ['--import', shiftClock, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: compileCache,
      NODE_ENV: 'production',
      CONFORMANCE_CLOCK_AHEAD: String(clockAhead),
      ...env,
    },
  });
  process_.stdout?.setEncoding('utf8').on('data', onOutput);
  process_.stderr?.setEncoding('utf8').on('data', onOutput);
  let exitCode: number | null | undefined;
  const ended = once(process_, 'close').then(([code]: unknown[]) => {
    exitCode = typeof code === 'number' ? code : null;
  });
  return {
    pid: process_.pid ?? -1,
    get exitCode() {
      return exitCode;
    },
    ended,
    signal(name) {
      if (exitCode === undefined) process_.kill(name);
    },
    setClock: (ahead) => tell(process_, ahead, ended),
  };
}

async function tell(child: ChildProcess, ahead: number, ended: Promise<void>): Promise<void> {
  if (!child.connected) return;
  const heard = once(child, 'message');
  child.send({ ahead });
  await Promise.race([heard, ended]);
}
