import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlowStep } from '@coatcheck/protocol';
import { LRUCache } from 'lru-cache';

/** A step before it has a place in its flow. */
export type FlowNote = Omit<FlowStep, 'id' | 'at'>;

/**
 * The messages of each session's flow, for people who want to see it: kept in memory, a few of them, and only where the
 * operator switched diagnostics on. Whoever notes a step has taken everything secret out of it.
 */
export interface Flow {
  /** Work whose steps belong together, whosever they turn out to be. */
  thread<T>(work: () => T): T;
  /** Work for a session. */
  within<T>(session: string, work: () => T): T;
  /** Adds a step to what is under way; nothing where nothing is. */
  note(step: FlowNote): void;
  /** Adds a step to a session. */
  tell(session: string, step: FlowNote): void;
  /** What is under way goes on later under this key. */
  keep(key: string): void;
  /** What is under way goes on with what was kept under this key. */
  resume(key: string): void;
  /** What is under way is this session's. */
  belongsTo(session: string): void;
  of(session: string): readonly FlowStep[];
  /** @returns how to stop */
  follow(session: string, listener: (step: FlowStep) => void): () => void;
}

interface Thread {
  steps: FlowStep[];
  session: string | null;
}

const mostSteps = 200;
const mostSessions = 500;

/** @param now milliseconds since the epoch */
export function createFlow(now: () => number): Flow {
  const current = new AsyncLocalStorage<Thread>();
  const kept = new LRUCache<string, readonly FlowStep[]>({ max: mostSessions });
  const sessions = new LRUCache<string, FlowStep[]>({ max: mostSessions });
  const listeners = new Map<string, Set<(step: FlowStep) => void>>();
  let last = 0;

  const made = (note: FlowNote): FlowStep => {
    last += 1;
    return { id: last, at: new Date(now()).toISOString(), ...note };
  };
  const add = (session: string, step: FlowStep) => {
    const steps = sessions.get(session) ?? [];
    steps.push(step);
    if (steps.length > mostSteps) steps.splice(0, steps.length - mostSteps);
    sessions.set(session, steps);
    for (const listener of listeners.get(session) ?? []) listener(step);
  };

  return {
    thread: (work) => current.run({ steps: [], session: null }, work),
    within: (session, work) => current.run({ steps: [], session }, work),
    note(note) {
      const thread = current.getStore();
      if (!thread) return;
      const step = made(note);
      if (thread.session === null) thread.steps.push(step);
      else add(thread.session, step);
    },
    tell: (session, note) => add(session, made(note)),
    keep(key) {
      const thread = current.getStore();
      if (thread) kept.set(key, thread.steps.slice(-mostSteps));
    },
    resume(key) {
      const thread = current.getStore();
      if (thread) thread.steps = [...(kept.get(key) ?? []), ...thread.steps];
      kept.delete(key);
    },
    belongsTo(session) {
      const thread = current.getStore();
      if (!thread) return;
      thread.session = session;
      for (const step of thread.steps.splice(0)) add(session, step);
    },
    of: (session) => sessions.get(session) ?? [],
    follow(session, listener) {
      const those = listeners.get(session) ?? new Set();
      listeners.set(session, those.add(listener));
      return () => {
        those.delete(listener);
        if (those.size === 0) listeners.delete(session);
      };
    },
  };
}
