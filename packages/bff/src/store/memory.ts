import { StoreError } from './errors.ts';
import { createListeners, type Listeners } from './listeners.ts';
import type {
  Counted,
  CounterStore,
  LeaseStore,
  OnceStore,
  SessionStore,
  Store,
  StoredSession,
  Tombstone,
} from './store.ts';
import { leaseRemembered, sweepStep } from './sweeping.ts';

/** What {@link openMemoryStore} takes. */
export interface MemoryStoreOptions {
  /**
   * How many sessions, names and leases it holds, each; 20,000 unless told. Beyond that it takes no new ones until
   * old ones end, and forgets the oldest tombstones and counts.
   */
  readonly capacity?: number;
}

interface Lease {
  readonly holder: string;
  readonly expiresAt: number;
  readonly attempted: boolean;
}

/** What one store holds. */
interface Held {
  readonly sessions: Map<string, StoredSession>;
  readonly tombstones: Map<string, Tombstone>;
  readonly names: Map<string, number>;
  readonly leases: Map<string, Lease>;
  readonly counts: Map<string, Counted>;
}

/** Opens a store that lives and dies with this process: for tests, and for a demo without a disk. */
export async function openMemoryStore({ capacity = 20_000 }: MemoryStoreOptions = {}): Promise<Store> {
  const held: Held = {
    sessions: new Map(),
    tombstones: new Map(),
    names: new Map(),
    leases: new Map(),
    counts: new Map(),
  };
  const listeners = createListeners();
  let open = true;
  /** What every method waits for, so that a closed store rejects as any other does. */
  const ready = async () => {
    if (!open) throw new StoreError('store_unavailable', 'The memory store is closed.');
  };
  const end = endIn(held, listeners, capacity);

  return {
    sessions: sessionsIn(held, listeners, capacity, end, ready),
    once: onceIn(held, capacity, ready),
    leases: leasesIn(held, listeners, capacity, ready),
    counters: countersIn(held, capacity, ready),
    changes: { subscribe: (listener) => listeners.subscribe(listener), staleFor: () => 0 },
    async sweep(now, limit, tombstoneLife) {
      await ready();
      return sweepIn(held, end, now, sweepStep(limit), tombstoneLife);
    },
    ping: ready,
    async close() {
      open = false;
    },
  };
}

type End = (tombstone: Tombstone) => boolean;

function endIn({ sessions, tombstones }: Held, listeners: Listeners, capacity: number): End {
  return (tombstone) => {
    if (!sessions.delete(tombstone.id)) return false;
    forgetOldest(tombstones, capacity);
    tombstones.set(tombstone.id, { ...tombstone });
    listeners.tell([{ kind: 'ended', id: tombstone.id }]);
    return true;
  };
}

function sessionsIn(
  { sessions, tombstones }: Held,
  listeners: Listeners,
  capacity: number,
  end: End,
  ready: () => Promise<void>,
): SessionStore {
  return {
    async read(id) {
      await ready();
      const session = sessions.get(id);
      if (session !== undefined) return { kind: 'session', session: copyOf(session) };
      const tombstone = tombstones.get(id);
      return tombstone === undefined ? { kind: 'nothing' } : { kind: 'ended', tombstone: { ...tombstone } };
    },
    async create(session) {
      await ready();
      if (sessions.has(session.id) || tombstones.has(session.id)) return false;
      needRoom(sessions, capacity, 'sessions');
      sessions.set(session.id, copyOf(session));
      return true;
    },
    async update(session, expectedVersion) {
      await ready();
      const current = sessions.get(session.id);
      if (current?.version !== expectedVersion) return false;
      const { lastSeenAt, idleExpiresAt } = current;
      sessions.set(session.id, {
        ...copyOf(session),
        version: expectedVersion + 1,
        lastSeenAt,
        idleExpiresAt,
      });
      listeners.tell([{ kind: 'updated', id: session.id }]);
      return true;
    },
    async touch(id, lastSeenAt, idleExpiresAt) {
      await ready();
      const current = sessions.get(id);
      if (current === undefined) return false;
      sessions.set(id, {
        ...current,
        lastSeenAt: Math.max(current.lastSeenAt, lastSeenAt),
        idleExpiresAt: Math.max(current.idleExpiresAt, idleExpiresAt),
      });
      return true;
    },
    async end(tombstone) {
      await ready();
      return end(tombstone);
    },
    async find(index, hashes) {
      await ready();
      const wanted = new Set(hashes);
      const matches = (hash: string | null) => hash !== null && wanted.has(hash);
      return [...sessions.values()].filter((session) => matches(session[index])).map(({ id }) => id);
    },
  };
}

function onceIn({ names }: Held, capacity: number, ready: () => Promise<void>): OnceStore {
  const isTaken = (name: string, now: number) => (names.get(name) ?? Number.NEGATIVE_INFINITY) > now;
  return {
    async claim(name, now, expiresAt) {
      await ready();
      if (isTaken(name, now)) return false;
      if (!names.has(name)) needRoom(names, capacity, 'names');
      names.set(name, expiresAt);
      return true;
    },
    async isClaimed(name, now) {
      await ready();
      return isTaken(name, now);
    },
  };
}

function leasesIn(
  { leases }: Held,
  listeners: Listeners,
  capacity: number,
  ready: () => Promise<void>,
): LeaseStore {
  let lastFence = 0;
  return {
    async acquire(name, holder, now, expiresAt) {
      await ready();
      const before = leases.get(name);
      if (before !== undefined && before.expiresAt > now)
        return { acquired: false, expiresAt: before.expiresAt };
      if (before === undefined) needRoom(leases, capacity, 'leases');
      leases.set(name, { holder, expiresAt, attempted: false });
      lastFence += 1;
      return { acquired: true, fence: lastFence, afterAttempt: before?.attempted ?? false };
    },
    async markAttempt(name, holder) {
      await ready();
      const lease = leases.get(name);
      if (lease?.holder !== holder) return false;
      leases.set(name, { ...lease, attempted: true });
      return true;
    },
    async release(name, holder) {
      await ready();
      if (leases.get(name)?.holder !== holder) return;
      leases.delete(name);
      listeners.tell([{ kind: 'released', id: name }]);
    },
  };
}

function countersIn({ counts }: Held, capacity: number, ready: () => Promise<void>): CounterStore {
  return {
    async increment(name, by, now, window) {
      await ready();
      const before = counts.get(name);
      const isUnderWay = before !== undefined && before.expiresAt > now;
      if (before === undefined) forgetOldest(counts, capacity);
      const counted = isUnderWay
        ? { ...before, count: before.count + by }
        : { count: by, expiresAt: now + window };
      counts.set(name, counted);
      return counted;
    },
  };
}

function sweepIn(held: Held, end: End, now: number, most: number, tombstoneLife: number): number {
  let left = most;
  for (const { id, expiresAt, idleExpiresAt } of [...held.sessions.values()]) {
    const endedAt = Math.min(expiresAt, idleExpiresAt);
    if (left === 0 || endedAt > now) continue;
    left -= 1;
    end({ id, reason: expiresAt <= now ? 'expired' : 'idle', endedAt, expiresAt: now + tombstoneLife });
  }
  left -= drop(held.tombstones, left, ({ expiresAt }) => expiresAt <= now);
  left -= drop(held.names, left, (expiresAt) => expiresAt <= now);
  left -= drop(held.counts, left, ({ expiresAt }) => expiresAt <= now);
  left -= drop(held.leases, left, ({ expiresAt }) => expiresAt + leaseRemembered <= now);
  return most - left;
}

function drop<T>(map: Map<string, T>, most: number, isOver: (value: T) => boolean): number {
  const over = [...map].filter(([, value]) => isOver(value)).slice(0, most);
  for (const [key] of over) map.delete(key);
  return over.length;
}

/** Makes room for one more by forgetting what came first. */
function forgetOldest(map: Map<string, unknown>, capacity: number): void {
  const [oldest] = map.keys();
  if (oldest !== undefined && map.size >= capacity) map.delete(oldest);
}

function needRoom(map: ReadonlyMap<string, unknown>, capacity: number, what: string): void {
  if (map.size < capacity) return;
  const remedy = 'let store.url name a SQLite file';
  throw new StoreError('store_unavailable', `The memory store holds its ${capacity} ${what}: ${remedy}.`);
}

/** Neither side may change the other's bytes. */
function copyOf(session: StoredSession): StoredSession {
  const { device } = session;
  return { ...session, sealed: new Uint8Array(session.sealed), device: device && new Uint8Array(device) };
}
