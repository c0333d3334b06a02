import { nextTick } from 'node:process';
import { createProcess, type EventTag, type Process } from './process.ts';

/** Virtual time: nothing happens but what is scheduled here, one thing after the other, in an order that the seed decides. */
export interface Scheduler {
  /** Milliseconds since the history began. */
  now(): number;
  /**
   * Runs the work at a time, or later if its process is stopped then, or never if it is dead.
   *
   * @returns how to call it off
   */
  at(time: number, work: () => void, process?: Process, tag?: EventTag): () => void;
  after(milliseconds: number, work: () => void, process?: Process, tag?: EventTag): () => void;
  startProcess(name: string): Process;
  /** Runs what is due until then. Between two events every promise that can go on goes on. */
  runUntil(time: number): Promise<void>;
  /** How many events there were. */
  events(): number;
  /** Nothing runs any more. */
  stop(): void;
}

interface Due {
  readonly time: number;
  readonly order: number;
  readonly process: Process | undefined;
  readonly tag: EventTag | undefined;
  work: (() => void) | undefined;
}

export function createScheduler(): Scheduler {
  const heap: Due[] = [];
  let now = 0;
  let order = 0;
  let events = 0;
  let stopped = false;

  function at(time: number, work: () => void, process?: Process, tag?: EventTag): () => void {
    order += 1;
    const due: Due = { time: Math.max(time, now), order, process, tag, work };
    push(heap, due);
    return () => {
      due.work = undefined;
    };
  }

  const scheduler: Scheduler = {
    now: () => now,
    at,
    after: (milliseconds, work, process, tag) => at(now + milliseconds, work, process, tag),
    startProcess: (name) => createProcess(name, scheduler),
    async runUntil(time) {
      for (let due = heap[0]; due && due.time <= time && !stopped; due = heap[0]) {
        pop(heap);
        const { work, process, tag } = due;
        if (!work) continue;
        now = due.time;
        events += 1;
        if (process) process.run(work, tag);
        else work();
        await settled();
      }
      now = Math.max(now, time);
    },
    events: () => events,
    stop() {
      stopped = true;
    },
  };
  return scheduler;
}

/** Resolves when every promise that can go on has gone on: a tick asked for by a microtask comes after all of them. */
function settled(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => nextTick(resolve)));
}

const before = (one: Due, other: Due) =>
  one.time < other.time || (one.time === other.time && one.order < other.order);

function push(heap: Due[], due: Due): void {
  let at = heap.length;
  while (at > 0) {
    const parent = heap[(at - 1) >> 1];
    if (!parent || before(parent, due)) break;
    heap[at] = parent;
    at = (at - 1) >> 1;
  }
  heap[at] = due;
}

function pop(heap: Due[]): void {
  const last = heap.pop();
  if (!last || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (!left) break;
    const child = right && before(right, left) ? right : left;
    if (before(last, child)) break;
    heap[at] = child;
    at = 2 * at + (child === left ? 1 : 2);
  }
  heap[at] = last;
}
