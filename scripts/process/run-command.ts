import { type ChildProcess, spawn } from 'node:child_process';

export type CommandResult =
  | { readonly kind: 'ended'; readonly code: number; readonly output: string }
  | { readonly kind: 'timed-out'; readonly output: string }
  | { readonly kind: 'not-started'; readonly reason: string; readonly output: string };

export type CommandOptions = {
  /** Wall-clock limit in seconds; past it the whole process group is ended. */
  readonly limitSeconds: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `show` writes to our own terminal, `keep` returns the output in the result. */
  readonly output: 'show' | 'keep';
};

const ownGroup = process.platform !== 'win32';
const graceMilliseconds = 5_000;
const keptCharacters = 100_000;

/**
 * Runs one command to its end. It gets a process group of its own, so that a time limit, Ctrl-C or a
 * SIGTERM ends what it started too (and then us, as if we had not listened). Never throws: a command that
 * cannot be started is a result as well.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const sink = options.output === 'show' ? 'inherit' : 'pipe';
    const child: ChildProcess = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', sink, sink],
      detached: ownGroup,
    });
    let output = '';
    let timedOut = false;
    const keep = (text: string) => {
      output = (output + text).slice(-keptCharacters);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);

    const limit = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, options.limitSeconds * 1000);
    const forwarding = forwardSignals(child);
    const settle = (result: CommandResult) => {
      clearTimeout(limit);
      forwarding.end();
      resolve(result);
    };
    child.once('error', (error) => settle({ kind: 'not-started', reason: error.message, output }));
    child.once('close', (code) =>
      settle(timedOut ? { kind: 'timed-out', output } : { kind: 'ended', code: code ?? 1, output }),
    );
  });
}

/** True when the command ran and ended with status 0. */
export function succeeded(result: CommandResult): boolean {
  return result.kind === 'ended' && result.code === 0;
}

function forwardSignals(child: ChildProcess): { end(): void } {
  // The child is no longer in the terminal's foreground group, so Ctrl-C reaches only us.
  let received: NodeJS.Signals | undefined;
  const forward = (signal: NodeJS.Signals) => {
    received = signal;
    endGroup(child);
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return {
    end() {
      for (const signal of signals) process.off(signal, forward);
      if (received) process.kill(process.pid, received);
    },
  };
}

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const kill = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMilliseconds);
  child.once('close', () => clearTimeout(kill));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (ownGroup) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch {
    // The group ended between the check and the signal.
  }
}
