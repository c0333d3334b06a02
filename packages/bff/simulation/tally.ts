import type { History } from './history.ts';
import { createTruth, type Figures } from './truth.ts';
import type { CheckName } from './verdict.ts';

/** What histories add up to; a value that can be sent between threads. */
export interface Tally {
  readonly histories: number;
  readonly events: number;
  /** Milliseconds of virtual time. */
  readonly virtual: number;
  readonly figures: Figures;
  /** Sessions that no client could have kept, by the reason. */
  readonly losses: Readonly<Record<string, number>>;
  /** By what happened to a process, and at which step. */
  readonly falls: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
  readonly longest: { readonly seed: number; readonly milliseconds: number };
}

export interface Failure {
  readonly seed: number;
  readonly check: CheckName;
  readonly text: string;
}

export const emptyTally: Tally = {
  histories: 0,
  events: 0,
  virtual: 0,
  figures: createTruth().figures,
  losses: {},
  falls: {},
  failures: [],
  longest: { seed: 0, milliseconds: 0 },
};

/** Adds histories up. */
export function createTally(): { add(history: History, milliseconds: number): void; total(): Tally } {
  let total = emptyTally;
  return {
    add(history, milliseconds) {
      total = added(total, tallyOf(history, milliseconds));
    },
    total: () => total,
  };
}

export function added(one: Tally, other: Tally): Tally {
  const [a, b] = [one.figures, other.figures];
  return {
    histories: one.histories + other.histories,
    events: one.events + other.events,
    virtual: one.virtual + other.virtual,
    figures: {
      calls: a.calls + b.calls,
      forwarded: a.forwarded + b.forwarded,
      refusedByApi: a.refusedByApi + b.refusedByApi,
      unavailable: a.unavailable + b.unavailable,
      storeUnavailable: a.storeUnavailable + b.storeUnavailable,
      signedOut: a.signedOut + b.signedOut,
      refreshes: a.refreshes + b.refreshes,
      kills: a.kills + b.kills,
      stops: a.stops + b.stops,
      longestCall: Math.max(a.longestCall, b.longestCall),
      latestForward: Math.max(a.latestForward, b.latestForward),
    },
    losses: counted(one.losses, other.losses),
    falls: counted(one.falls, other.falls),
    failures: [...one.failures, ...other.failures],
    longest: one.longest.milliseconds >= other.longest.milliseconds ? one.longest : other.longest,
  };
}

function tallyOf({ seed, verdict, truth, events, virtual }: History, milliseconds: number): Tally {
  const [first] = verdict.violations;
  const losses: Record<string, number> = {};
  for (const { why, grace } of truth.losses) {
    const reason = grace ? `${why}, at a server with a short grace` : why;
    losses[reason] = (losses[reason] ?? 0) + 1;
  }
  return {
    histories: 1,
    events,
    virtual,
    figures: truth.figures,
    losses,
    falls: truth.falls,
    failures: first ? [{ seed, check: first.check, text: first.text }] : [],
    longest: { seed, milliseconds },
  };
}

function counted(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one };
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
