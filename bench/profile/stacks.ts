import path from 'node:path';

/** Whose code a frame is. */
export type Owner =
  | 'coatcheck'
  | 'fastify'
  | 'undici'
  | 'libraries'
  | 'node'
  | 'garbage collection'
  | 'system';

/** A function on the stack. */
export interface Frame {
  readonly name: string;
  readonly owner: Owner;
}

/** How long the program spent in a function with all that it called, in microseconds. */
export interface Spent {
  readonly frame: Frame;
  total: number;
  /** In the function itself. */
  self: number;
  readonly callees: Map<string, Spent>;
}

/** The part of a V8 CPU profile that is read. Times in microseconds of the system's monotonic clock. */
interface CpuProfile {
  readonly startTime: number;
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Adds up the samples of a profile by stack.
 *
 * @param written a file that `node --cpu-prof` wrote
 * @param from first moment that counts, in microseconds
 * @param to last one
 * @throws for anything else
 */
export function stacksOf(written: string, from: number, to: number): Spent {
  const profile: unknown = JSON.parse(written);
  if (!isCpuProfile(profile)) throw new Error('this is no CPU profile of V8');
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, frameOf(callFrame)]));
  const callers = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes) for (const child of children) callers.set(child, id);

  const all: Spent = { frame: { name: 'all', owner: 'system' }, total: 0, self: 0, callees: new Map() };
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    at += profile.timeDeltas[index] ?? 0;
    if (at < from || at > to) return;
    const stack: Frame[] = [];
    for (let node: number | undefined = id; node !== undefined; node = callers.get(node)) {
      const frame = frames.get(node);
      if (frame) stack.unshift(frame);
    }
    const [, ...below] = stack;
    if (below[0]?.name === '(idle)') return;
    // What runs at a sample is taken to run until the next one.
    add(all, below, Math.max(0, profile.timeDeltas[index + 1] ?? 0));
  });
  return all;
}

function isCpuProfile(value: unknown): value is CpuProfile {
  if (typeof value !== 'object' || value === null || !('startTime' in value)) return false;
  const { nodes, samples, timeDeltas } = Object.fromEntries(Object.entries(value));
  return [nodes, samples, timeDeltas].every((part) => Array.isArray(part));
}

/** Time in functions' own code by whose they are, most first, in microseconds. */
export function byOwner(spent: Spent): [Owner, number][] {
  const sums = new Map<Owner, number>();
  const visit = ({ frame, self, callees }: Spent) => {
    sums.set(frame.owner, (sums.get(frame.owner) ?? 0) + self);
    callees.forEach(visit);
  };
  visit(spent);
  return [...sums].filter(([, micros]) => micros > 0).sort(([, a], [, b]) => b - a);
}

/** Time in functions' own code, most first. */
export function bySelf(spent: Spent): [Frame, number][] {
  const sums = new Map<string, [Frame, number]>();
  const visit = ({ frame, self, callees }: Spent) => {
    sums.set(frame.name, [frame, (sums.get(frame.name)?.[1] ?? 0) + self]);
    callees.forEach(visit);
  };
  visit(spent);
  return [...sums.values()].sort(([, a], [, b]) => b - a);
}

function add(all: Spent, stack: readonly Frame[], micros: number): void {
  let spent = all;
  all.total += micros;
  for (const frame of stack) {
    const next = spent.callees.get(frame.name) ?? { frame, total: 0, self: 0, callees: new Map() };
    spent.callees.set(frame.name, next);
    next.total += micros;
    spent = next;
  }
  spent.self += micros;
}

function frameOf({ functionName, url, lineNumber }: ProfileNode['callFrame']): Frame {
  const called = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') {
    const owner = called === '(garbage collector)' ? 'garbage collection' : 'system';
    return { name: called, owner };
  }
  if (url.startsWith('node:')) return { name: `${called} ${url}`, owner: 'node' };
  const file = url.replace(/^file:\/\//, '');
  const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.*)/.exec(file);
  if (!library)
    return { name: `${called} ${path.relative(root, file)}:${lineNumber + 1}`, owner: 'coatcheck' };
  const [, name = '', within = ''] = library;
  const owner = name === 'fastify' || name === 'undici' ? name : 'libraries';
  return { name: `${called} ${name}/${within}:${lineNumber + 1}`, owner };
}
