import type { KeyObject } from 'node:crypto';
import type { SessionRecord } from '../src/session/record.ts';
import type { EndReason } from '../src/store/store.ts';
import type { Ticket } from '../src/ticket/ticket.ts';
import type { Refusal } from './authorization-server.ts';
import type { Process } from './process.ts';

/** One life of one BFF instance, as the checks see it. All times here are true times, in milliseconds. */
export interface Host {
  readonly name: string;
  readonly process: Process;
  /** By its own, wrong clock. */
  now(): number;
  /** Whether that was set since a true time. */
  clockWasSetSince(time: number): boolean;
  /** By lease name, the last one that it was given. */
  readonly leases: Map<string, Lease>;
  /** Ids of sessions whose life was over, by its clock when it asked, as what it read said. */
  readonly sawOver: Set<string>;
}

export interface Lease {
  readonly host: Host;
  readonly name: string;
  readonly holder: string;
  readonly givenAt: number;
  /** From then on others may take the holder for dead. */
  readonly deadline: number;
}

/** One request to a token endpoint, from the decision to send it. */
export interface Attempt {
  readonly number: number;
  readonly host: Host;
  readonly session: SessionTruth;
  readonly provider: string;
  readonly resource: string;
  readonly refreshToken: string;
  readonly calledAt: number;
  readonly lease: Lease | undefined;
  /** When and how it ended for the host. */
  settled: { readonly at: number; readonly how: 'tokens' | 'refused' | 'failed' } | undefined;
  refusal: Refusal | undefined;
  /** What the answer brought to the host. */
  received: { readonly access: string; readonly refresh: string } | undefined;
  /** When its host last tried to store that. */
  lastTriedAt: number | undefined;
  /** When it was in the store. */
  committedAt: number | undefined;
}

export interface SessionTruth {
  readonly id: string;
  readonly key: KeyObject;
  readonly ticket: Ticket;
  readonly user: string;
  readonly sid: string;
  /** What the store has. */
  record: SessionRecord | undefined;
  ended: { readonly at: number; readonly reason: EndReason; readonly by: string } | undefined;
  /** Reasons for which somebody asked for its end; those of one person share them. */
  readonly wished: Set<EndReason>;
  readonly attempts: Attempt[];
  /** Every token that was ever in the store, and since when. */
  readonly committed: Map<string, number>;
}

/** What truly happened, which no process knows. */
export interface Truth {
  readonly sessions: Map<string, SessionTruth>;
  readonly attempts: Attempt[];
  /** By person. */
  readonly wishes: Map<string, Set<EndReason>>;
  /** Sessions that no client could have kept, by what made it so. */
  readonly losses: Loss[];
  readonly figures: Figures;
  /** At which step how many processes were killed or stopped. */
  readonly falls: Record<string, number>;
}

export interface Loss {
  readonly session: string;
  readonly why: LossReason;
  /** Whether the server had a grace, which was over. */
  readonly grace: boolean;
}

/** Why the answer that rotated a refresh token never came to be stored, or a request came twice or too late. */
export type LossReason =
  | 'holder died'
  | 'holder silent past its lease'
  | 'holder cut off from the store past its lease'
  | 'answer lost'
  | 'request arrived late'
  | 'request arrived twice';

/** Counts, for the report. */
export interface Figures {
  calls: number;
  forwarded: number;
  /** The resource server refused the token, and it was not replaced. */
  refusedByApi: number;
  unavailable: number;
  storeUnavailable: number;
  signedOut: number;
  refreshes: number;
  kills: number;
  stops: number;
  /** Milliseconds, of a process that was not stopped meanwhile. */
  longestCall: number;
  /** Milliseconds after the end of its session, of a call that had arrived before. */
  latestForward: number;
}

export function createTruth(): Truth {
  return {
    sessions: new Map(),
    attempts: [],
    wishes: new Map(),
    losses: [],
    falls: {},
    figures: {
      calls: 0,
      forwarded: 0,
      refusedByApi: 0,
      unavailable: 0,
      storeUnavailable: 0,
      signedOut: 0,
      refreshes: 0,
      kills: 0,
      stops: 0,
      longestCall: 0,
      latestForward: 0,
    },
  };
}

/** The lease under which a host refreshes a grant, whatever the end of its name. */
export function leaseOf(host: Host, session: string, provider: string): Lease | undefined {
  const start = `refresh:${session}:${provider}`;
  let last: Lease | undefined;
  for (const [name, lease] of host.leases) {
    if (name.startsWith(start) && (!last || lease.givenAt >= last.givenAt)) last = lease;
  }
  return last;
}
