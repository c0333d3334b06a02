import { LRUCache } from 'lru-cache';
import { type Audit, shortSession } from '../observe/audit.ts';
import type { EndReason, Store, StoredSession, Tombstone } from '../store/store.ts';
import type { IndexHasher } from '../ticket/keys.ts';
import type { FreshTicket, Ticket } from '../ticket/ticket.ts';
import type { Grant, SessionRecord } from './record.ts';
import { type Lifetimes, standingOf, touchDue } from './rules.ts';
import type { Loaded, Session, Stored } from './session.ts';
import { openRecord, sealRecord } from './vault.ts';

/** How long it stays known why a session ended. Milliseconds. */
export const tombstoneLife = 24 * 3_600_000;

/** A cached session counts only while the store's change feed was complete so recently. Milliseconds. */
const feedMayLag = 1_000;

const cachedBytes = 64 * 1_048_576;

/** What the manager needs of its surroundings. */
export interface ManagerParts {
  readonly store: Store;
  readonly hasher: IndexHasher;
  readonly lifetimes: Lifetimes;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly audit: Audit;
}

/** The only writer of sessions. Methods reject only when the store fails. */
export interface SessionManager {
  /** The session behind a ticket if it is cached, still known to be true, and active; no I/O. */
  peek(ticket: Ticket): Session | undefined;
  load(ticket: Ticket): Promise<Loaded>;
  /** Reads past the cache. */
  reload(session: Session): Promise<Loaded>;
  start(fresh: FreshTicket, record: SessionRecord): Promise<Session>;
  /** Counts a use, writing at most once a minute; `always` for “stay signed in”. */
  touch(session: Session, always?: boolean): Promise<Session>;
  /** Replaces one grant, if it is still of the generation that the session at hand shows. */
  replaceGrant(session: Session, provider: string, grant: Grant): Promise<Stored>;
  /** Ends a session; true if this call did it. */
  end(idHash: string, reason: EndReason): Promise<boolean>;
  /** Ends every session of a subject; resolves to how many. */
  endSubject(issuer: string, subject: string, reason: EndReason): Promise<number>;
  /** The session under an id hash if this process has it opened. */
  opened(idHash: string): Session | undefined;
  /** Whether a session stands under an id hash, and whose, as a keyed hash. */
  standing(idHash: string): Promise<{ readonly subject: string } | undefined>;
  isSubject(hash: string, issuer: string, subject: string): boolean;
  close(): void;
}

export function createSessionManager(parts: ManagerParts): SessionManager {
  const { store, hasher, lifetimes, now, audit } = parts;
  const cache = new LRUCache<string, Session>({
    maxSize: cachedBytes,
    sizeCalculation: (session) => sizeOf(session),
  });
  const unsubscribe = store.changes.subscribe((change) => {
    if (change.kind === 'missed') cache.clear();
    // What this process writes comes back here before the writer puts its new version in.
    else if (change.kind !== 'released') cache.delete(change.id);
  });

  function peek(ticket: Ticket): Session | undefined {
    const cached = cache.get(ticket.idHash);
    if (!cached?.key.equals(ticket.key) || store.changes.staleFor() >= feedMayLag) return undefined;
    const standing = { idleExpiresAt: cached.idleExpiresAt, expiresAt: cached.record.expiresAt };
    // Never judged ended from cached values: another process may have moved the idle time on.
    return standingOf(standing, now()) === 'active' ? cached : undefined;
  }

  async function read(idHash: string, key: Session['key']): Promise<Loaded> {
    const found = await store.sessions.read(idHash);
    if (found.kind === 'nothing') return { kind: 'none', reason: 'expired' };
    if (found.kind === 'ended') return { kind: 'none', reason: found.tombstone.reason };
    const standing = standingOf(found.session, now());
    if (standing !== 'active') {
      await end(idHash, standing);
      return { kind: 'none', reason: standing };
    }
    const record = openRecord(found.session.sealed, key, idHash, found.session.version);
    if (!record || record.expiresAt !== found.session.expiresAt) return { kind: 'none', reason: 'none' };
    const { version, lastSeenAt, idleExpiresAt } = found.session;
    const session = { id: idHash, key, version, record, lastSeenAt, idleExpiresAt };
    cache.set(idHash, session);
    return { kind: 'active', session };
  }

  function storedForm(session: Session): StoredSession {
    const { record, version } = session;
    return {
      id: session.id,
      version,
      sealed: sealRecord(record, session.key, session.id, version),
      subject: hasher.hash(record.issuer, record.subject),
      providerSession:
        record.providerSession === null ? null : hasher.hash(record.issuer, record.providerSession),
      device: null,
      createdAt: record.createdAt,
      lastSeenAt: session.lastSeenAt,
      idleExpiresAt: session.idleExpiresAt,
      expiresAt: record.expiresAt,
    };
  }

  async function end(idHash: string, reason: EndReason): Promise<boolean> {
    cache.delete(idHash);
    const ended = await store.sessions.end(tombstoneOf(idHash, reason, now()));
    cache.delete(idHash);
    if (ended) audit({ event: 'session.ended', session: shortSession(idHash), reason });
    return ended;
  }

  return {
    peek,
    load: async (ticket) => {
      const cached = peek(ticket);
      return cached ? { kind: 'active', session: cached } : read(ticket.idHash, ticket.key);
    },
    reload: (session) => read(session.id, session.key),
    async start(fresh, record) {
      const at = now();
      const session: Session = {
        id: fresh.ticket.idHash,
        key: fresh.ticket.key,
        version: 1,
        record,
        lastSeenAt: at,
        idleExpiresAt: at + lifetimes.idle,
      };
      if (!(await store.sessions.create(storedForm(session)))) throw new Error('a new session id was taken');
      cache.set(session.id, session);
      audit({
        event: 'session.started',
        provider: record.provider,
        session: shortSession(session.id),
        subject: hasher.hash(record.issuer, record.subject).slice(0, 12),
      });
      return session;
    },
    async touch(session, always = false) {
      const at = now();
      if (!always && !touchDue(session.lastSeenAt, at, lifetimes.idle)) return session;
      const touched = { ...session, lastSeenAt: at, idleExpiresAt: at + lifetimes.idle };
      if (await store.sessions.touch(session.id, touched.lastSeenAt, touched.idleExpiresAt)) {
        if (cache.peek(session.id)?.version === session.version) cache.set(session.id, touched);
      }
      return touched;
    },
    async replaceGrant(session, provider, grant) {
      let base = session;
      for (;;) {
        if (base.record.grants[provider]?.generation !== session.record.grants[provider]?.generation) {
          return { kind: 'late', session: base };
        }
        const next: Session = {
          ...base,
          version: base.version + 1,
          record: { ...base.record, grants: { ...base.record.grants, [provider]: grant } },
        };
        if (await store.sessions.update(storedForm(next), base.version)) {
          cache.set(next.id, next);
          return { kind: 'stored', session: next };
        }
        const current = await read(session.id, session.key);
        if (current.kind === 'none') return { kind: 'gone', reason: current.reason };
        base = current.session;
      }
    },
    end,
    async endSubject(issuer, subject, reason) {
      const ids = await store.sessions.find('subject', hasher.allHashes(issuer, subject));
      const ended = await Promise.all(ids.map((id) => end(id, reason)));
      return ended.filter(Boolean).length;
    },
    opened: (idHash) => cache.peek(idHash),
    async standing(idHash) {
      const found = await store.sessions.read(idHash);
      return found.kind === 'session' && standingOf(found.session, now()) === 'active'
        ? { subject: found.session.subject }
        : undefined;
    },
    isSubject: (hash, issuer, subject) => hasher.allHashes(issuer, subject).includes(hash),
    close: unsubscribe,
  };
}

function tombstoneOf(id: string, reason: EndReason, now: number): Tombstone {
  return { id, reason, endedAt: now, expiresAt: now + tombstoneLife };
}

/** Roughly what a session weighs in memory. Bytes. */
function sizeOf(session: Session): number {
  return 1_024 + 2 * JSON.stringify(session.record).length;
}
