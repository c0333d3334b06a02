import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { StoredSession } from '../../src/store/store.ts';

/** What a test tells a process of `fixture-process.ts`. */
export type Order =
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'open-url'; readonly url: string }
  | { readonly kind: 'look' }
  | { readonly kind: 'claim' | 'acquire'; readonly names: readonly string[] }
  | { readonly kind: 'count'; readonly id: string; readonly times: number }
  | { readonly kind: 'write' | 'end'; readonly id: string };

/** What the process tells back. */
export type Answer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'wrote'; readonly version: number }
  | { readonly kind: 'done'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly message: string };

/** Starts a Node process that can open the store at a URL; it has not opened it yet. `cwd` is where it runs. */
export async function startProcess(url: string, cwd: string = process.cwd()): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'fixture-process.ts'), [url], {
    cwd,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  await once(child, 'message');
  return child;
}

/** Gives an order and resolves to what came of it. */
export async function order(child: ChildProcess, what: Order): Promise<unknown> {
  child.send(what);
  const [answer]: Answer[] = await once(child, 'message');
  if (answer?.kind === 'done') return answer.value;
  throw new Error(answer?.kind === 'failed' ? answer.message : `unexpected answer: ${answer?.kind}`);
}

/** Ends a process and waits until it is gone. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** The number that tests keep in a record. */
export function counterIn({ sealed }: StoredSession): number {
  return Number(new TextDecoder().decode(sealed).trimStart());
}

/** The session with another number in it, padded to the size of a real record. */
export function withCounter(session: StoredSession, counter: number): StoredSession {
  return { ...session, sealed: new TextEncoder().encode(String(counter).padStart(1500)) };
}
