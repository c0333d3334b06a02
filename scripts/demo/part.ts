import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { DemoFailure } from './failure.ts';
import type { PartName, PartPlan } from './parts.ts';

/** One process of the demo, which a test may stop and start again. */
export type Part = {
  readonly name: PartName;
  /** Starts the process and waits until it answers. Does nothing when it runs. Throws DemoFailure. */
  start(): Promise<void>;
  /** Ends the process: SIGTERM, and SIGKILL where that is not enough. */
  stop(): Promise<void>;
  restart(): Promise<void>;
  /** Undefined when it is stopped. */
  pid(): number | undefined;
  /** The latest lines it printed, over all its starts. */
  lines(): readonly string[];
};

export type PartOptions = {
  onLine(line: string): void;
  /** The process ended though nobody stopped it. */
  onDeath(failure: DemoFailure): void;
  readonly readyWithinSeconds?: number;
  readonly stopWithinSeconds?: number;
};

const keptLines = 1_000;
const shownLines = 20;
const ownGroup = process.platform !== 'win32';
const withParent = path.join(import.meta.dirname, 'with-parent.ts');

/** Prepares a part; nothing runs before `start`. */
export function createPart(plan: PartPlan, options: PartOptions): Part {
  const lines: string[] = [];
  let running: Running | undefined;
  let stopping: Promise<void> | undefined;

  const keep = (line: string) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    options.onLine(line);
  };
  const failure = (what: string) => new DemoFailure(describe(plan, what, lines));

  const start = async () => {
    await stopping;
    if (running) return;
    const started = launch(plan, keep);
    running = started;
    const ready = new AbortController();
    const outcome = await Promise.race([
      started.ended,
      answers(plan.readyUrl, ready.signal, options.readyWithinSeconds ?? 60),
    ]);
    ready.abort();
    if (outcome === 'ready') {
      started.ended.then((how) => {
        if (running !== started) return;
        running = undefined;
        options.onDeath(failure(how));
      });
      return;
    }
    await stop();
    throw failure(outcome === 'late' ? 'does not answer' : outcome);
  };

  const stop = (): Promise<void> => {
    const started = running;
    running = undefined;
    if (started) {
      stopping = end(started, options.stopWithinSeconds ?? 10).finally(() => {
        stopping = undefined;
      });
    }
    return stopping ?? Promise.resolve();
  };

  return {
    name: plan.name,
    start,
    stop,
    async restart() {
      await stop();
      await start();
    },
    pid: () => running?.child.pid,
    lines: () => [...lines],
  };
}

type Running = {
  readonly child: ChildProcess;
  /** How the process ended, once it has. */
  readonly ended: Promise<string>;
};

function launch(plan: PartPlan, onLine: (line: string) => void): Running {
  const child = spawn(process.execPath, ['--import', withParent, ...plan.args], {
    cwd: plan.cwd,
    env: { ...plan.env },
    // The channel tells the part when we are gone; a group of its own keeps Ctrl-C from reaching it twice.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: ownGroup,
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', onLine);
  }
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => onLine(`${error.name}: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(signal ? `was ended by ${signal}` : `ended with status ${code}`),
    );
  });
  return { child, ended };
}

async function end({ child, ended }: Running, withinSeconds: number): Promise<void> {
  child.kill('SIGTERM');
  const kill = setTimeout(() => {
    if (ownGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  }, withinSeconds * 1000);
  await ended;
  clearTimeout(kill);
}

async function answers(url: string, ended: AbortSignal, seconds: number): Promise<'ready' | 'late'> {
  const deadline = performance.now() + seconds * 1000;
  while (performance.now() < deadline && !ended.aborted) {
    if (await answersNow(url)) return 'ready';
    await wait(100);
  }
  return 'late';
}

async function answersNow(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function describe({ title }: PartPlan, how: string, lines: readonly string[]): string {
  if (lines.length === 0) return `${title} ${how} and printed nothing.`;
  return [`${title} ${how}. Its last lines:`, ...lines.slice(-shownLines).map((line) => `  ${line}`)].join(
    '\n',
  );
}
