import type { SignedOutReason } from '@coatcheck/protocol';

/** Why a session was ended; what its tombstone says. */
export type EndReason = Exclude<SignedOutReason, 'none'>;

/**
 * A session as the store sees it. Nothing in it opens it: `sealed` needs the key that only the ticket holds, and
 * the hashes are keyed. Times are milliseconds since the epoch.
 */
export interface StoredSession {
  /** SHA-256 of the session id, base64url. */
  readonly id: string;
  /** Grows by one with every {@link SessionStore.update}; fences late writers. */
  readonly version: number;
  readonly sealed: Uint8Array;
  /** Keyed hash of (issuer, subject). */
  readonly subject: string;
  /** Keyed hash of (issuer, sid), where the provider gave a sid. */
  readonly providerSession: string | null;
  /** Device label, sealed by the server. */
  readonly device: Uint8Array | null;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** When the idle time ends unless the session is used. */
  readonly idleExpiresAt: number;
  /** The absolute end. */
  readonly expiresAt: number;
}

/** What is left of an ended session, so that the browser can be told why. */
export interface Tombstone {
  readonly id: string;
  readonly reason: EndReason;
  readonly endedAt: number;
  /** When the tombstone itself may go. */
  readonly expiresAt: number;
}

/** What stands under an id. */
export type Found =
  | { readonly kind: 'session'; readonly session: StoredSession }
  | { readonly kind: 'ended'; readonly tombstone: Tombstone }
  | { readonly kind: 'nothing' }
  /** Something that no store wrote. `detail` is for the log. */
  | { readonly kind: 'damaged'; readonly detail: string };

/** Which index a {@link SessionStore.find} looks in. */
export type SessionIndex = 'subject' | 'providerSession';

/** Sessions and their tombstones. Every method rejects only when the store itself fails. */
export interface SessionStore {
  read(id: string): Promise<Found>;
  /** Adds a session; false if anything, a tombstone too, already stands under its id. Durable when it resolves. */
  create(session: StoredSession): Promise<boolean>;
  /**
   * Replaces the session if its version is still `expectedVersion`, which makes it version `expectedVersion + 1`
   * whatever `session.version` says; false if it moved on or is gone: an update never brings a session back. Leaves
   * `lastSeenAt` and `idleExpiresAt` as they are. Durable when it resolves: a rotated refresh token is lost otherwise.
   */
  update(session: StoredSession, expectedVersion: number): Promise<boolean>;
  /**
   * Moves `lastSeenAt` and `idleExpiresAt` forward, never back, without a new version; false if the session is gone.
   */
  touch(id: string, lastSeenAt: number, idleExpiresAt: number): Promise<boolean>;
  /** Removes the session and leaves the tombstone; false if there was none. Durable when it resolves. */
  end(tombstone: Tombstone): Promise<boolean>;
  /** The ids of the sessions whose index has one of these hashes. */
  find(index: SessionIndex, hashes: readonly string[]): Promise<string[]>;
}

/** Names that can be taken once until they expire: login states, logout tokens, late-callback markers. */
export interface OnceStore {
  /** Takes the name, by insert-if-absent; false if it was taken. An expired name counts as free. */
  claim(name: string, now: number, expiresAt: number): Promise<boolean>;
  /** Whether the name is taken and not expired. */
  isClaimed(name: string, now: number): Promise<boolean>;
}

/** The answer to {@link LeaseStore.acquire}. */
export type LeaseAnswer =
  | {
      readonly acquired: true;
      /** Grows with every acquisition of this name. */
      readonly fence: number;
      /** The holder before was never released and had said that it sent its request: its answer may still come. */
      readonly afterAttempt: boolean;
    }
  | { readonly acquired: false; readonly expiresAt: number };

/**
 * Leases over all processes that share the store. A holder that dies frees its lease by letting it expire. `holder` must
 * be new (random) for each {@link LeaseStore.acquire}: it is what tells a late holder from the present one.
 */
export interface LeaseStore {
  /** Takes the lease unless somebody, `holder` itself included, still has it. */
  acquire(name: string, holder: string, now: number, expiresAt: number): Promise<LeaseAnswer>;
  /**
   * Says that the holder is about to send its request; false if it no longer holds the lease. A lease that has expired
   * is still its holder's until another takes it, who then learns of this attempt.
   */
  markAttempt(name: string, holder: string): Promise<boolean>;
  /** Frees the lease if `holder` still holds it. */
  release(name: string, holder: string): Promise<void>;
}

/** What was counted under a name in its present period. */
export interface Counted {
  readonly count: number;
  /** When the period ends, and the count with it. */
  readonly expiresAt: number;
}

/** Counts that begin anew after a while, for rate limits. A crash of the store may lose them. */
export interface CounterStore {
  /**
   * Adds to a name's count, in one step over all processes. A name that is new, or whose period is over, starts at
   * nothing with a period of `window` milliseconds from now.
   *
   * @param by how many to add, 1 or more
   * @returns the count with these, and when its period ends
   */
  increment(name: string, by: number, now: number, window: number): Promise<Counted>;
}

/** Something changed: a session got a new version or ended, or a lease was released. */
export type StoreChange =
  | {
      readonly kind: 'updated' | 'ended' | 'released';
      /** The session id, or the lease's name. */
      readonly id: string;
    }
  /** Changes were lost, as after a long pause of this process: anything may have changed, so forget all. */
  | { readonly kind: 'missed' };

/** Tells this process what every process did to the store. */
export interface ChangeFeed {
  /**
   * Calls the listener once per change, this process's own included (before the method that made it resolves); returns
   * how to stop. A listener must not throw: what it throws becomes an uncaught exception.
   */
  subscribe(listener: (change: StoreChange) => void): () => void;
  /** Milliseconds, by the monotonic clock, since the feed was last known to be complete. */
  staleFor(): number;
}

/** One store: what `store.url` opens. */
export interface Store {
  readonly sessions: SessionStore;
  readonly once: OnceStore;
  readonly leases: LeaseStore;
  readonly counters: CounterStore;
  readonly changes: ChangeFeed;
  /**
   * Turns at most `limit` expired or idle sessions into tombstones (reason `expired` or `idle`, kept for
   * `tombstoneLife` milliseconds) and drops what else has expired, unless the store does that by itself; resolves to
   * how many rows it touched, at most 100: call again, after a turn of the event loop, while it touched as many as it
   * might.
   */
  sweep(now: number, limit: number, tombstoneLife: number): Promise<number>;
  /** Rejects when the store cannot be written to or read from. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
