import { type Audit, shortSession } from '../observe/audit.ts';
import type { EndReason, Found, SessionIndex, Store, StoredSession, Tombstone } from '../store/store.ts';
import type { IndexHasher } from '../ticket/keys.ts';
import type { FreshTicket, Ticket } from '../ticket/ticket.ts';
import { createSessionCache } from './cache.ts';
import { type Connections, createConnections } from './connections.ts';
import { accountsIn, grantsWith } from './grants.ts';
import { createNotices, type Notices } from './notices.ts';
import type { Grant, Identity, SessionRecord } from './record.ts';
import { type Lifetimes, standingOf, touchDue } from './rules.ts';
import type { Loaded, Session, Stored } from './session.ts';
import { createSharing } from './sharing.ts';
import { createUnreadableReport } from './unreadable.ts';
import { openRecord, sealRecord } from './vault.ts';

/** How long it stays known why a session ended. Milliseconds. */
export const tombstoneLife = 24 * 3_600_000;

/** A session that ended first may have gone on under another id (succession.ts), which the next look finds. */
const mostLooks = 3;

/** What the manager needs of its surroundings. */
export interface ManagerParts {
  readonly store: Store;
  readonly hasher: IndexHasher;
  readonly lifetimes: Lifetimes;
  /** How long cached sessions are used while the store is down; 0 for not at all. Milliseconds. */
  readonly outageGrace: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly audit: Audit;
  /** Told of a connected account that was taken out from elsewhere, with what its grant held. */
  readonly disconnected?: (provider: string, grant: Grant) => void;
}

/** About an ending of several sessions. */
export interface EndingDetails {
  readonly requestId?: string;
  /** Done for each session before it ends. */
  readonly first?: (idHash: string) => Promise<unknown>;
}

/** The only writer of sessions. Methods reject only when the store fails. */
export interface SessionManager {
  /** The session behind a ticket if it is cached, still known to be true, and active; no I/O. */
  peek(ticket: Ticket): Session | undefined;
  /** The newest that this process surely knows of a session; no I/O. */
  current(idHash: string): Session | undefined;
  load(ticket: Ticket): Promise<Loaded>;
  /** Reads past the cache. */
  loadFresh(ticket: Pick<Ticket, 'idHash' | 'key'>): Promise<Loaded>;
  reload(session: Session): Promise<Loaded>;
  /** @param device sealed label of the browser */
  start(fresh: FreshTicket, record: SessionRecord, device: Uint8Array, requestId?: string): Promise<Session>;
  /** Counts a use, writing at most once a minute; `always` for “stay signed in”. Undefined if the session is gone. */
  touch(session: Session, always?: boolean): Promise<Session | undefined>;
  /** Replaces one grant, if it is still of the generation that the session at hand shows. */
  replaceGrant(session: Session, provider: string, grant: Grant, identity?: Identity): Promise<Stored>;
  /** Takes the grant of a connected account out, on the same terms. */
  disconnect(session: Session, provider: string, reason: EndReason, requestId?: string): Promise<Stored>;
  /** The accounts of other providers that sessions have. */
  readonly connections: Connections;
  /** Ends a session; true if this call did it. */
  end(idHash: string, reason: EndReason, requestId?: string): Promise<boolean>;
  /** Ends every session of a subject; resolves to how many. */
  endSubject(issuer: string, subject: string, reason: EndReason, more?: EndingDetails): Promise<number>;
  /** Ends the sessions that a provider knows by this `sid`; resolves to how many. */
  endProviderSession(issuer: string, sid: string, reason: EndReason, more?: EndingDetails): Promise<number>;
  /** Every session of a subject, as the store sees them. */
  ofSubject(issuer: string, subject: string): Promise<StoredSession[]>;
  /** Why the session under an id hash ended, if that is still known. */
  endOf(idHash: string): Promise<EndReason | undefined>;
  /** What this process learns of sessions. */
  readonly notices: Pick<Notices, 'follow' | 'followAll'>;
  /** Whether a session stands under an id hash, and whose, as a keyed hash. */
  standing(idHash: string): Promise<{ readonly subject: string } | undefined>;
  isSubject(hash: string, issuer: string, subject: string): boolean;
  close(): void;
}

export function createSessionManager(parts: ManagerParts): SessionManager {
  const { store, hasher, lifetimes, outageGrace, now, audit } = parts;
  const notices = createNotices();
  const cache = createSessionCache(store.changes, notices.tell);
  const report = createUnreadableReport(audit);
  const share = createSharing();
  const connections = createConnections(store, hasher, now);

  function peek(ticket: Ticket): Session | undefined {
    const cached = cache.current(ticket.idHash);
    // One ticket opens the session again and again: then it is the very same key.
    if (!cached || (cached.key !== ticket.key && !cached.key.equals(ticket.key))) return undefined;
    const standing = { idleExpiresAt: cached.idleExpiresAt, expiresAt: cached.record.expiresAt };
    // Never judged ended from cached values: another process may have moved the idle time on.
    return standingOf(standing, now()) === 'active' ? cached : undefined;
  }

  /** While the store is down, and for as long as the operator chose, what is cached is taken as it was. */
  function keptThrough(ticket: Ticket): Session | undefined {
    const kept = cache.peek(ticket.idHash);
    if (!kept?.key.equals(ticket.key) || store.changes.staleFor() >= outageGrace) return undefined;
    const standing = { idleExpiresAt: kept.idleExpiresAt, expiresAt: kept.record.expiresAt };
    return standingOf(standing, now()) === 'active' ? kept : undefined;
  }

  function read(idHash: string, key: Session['key']): Promise<Loaded> {
    const askedAt = now();
    return cache.filledBy(
      idHash,
      async () => opened(await store.sessions.read(idHash), idHash, key, askedAt),
      (loaded) => (loaded.kind === 'active' ? loaded.session : undefined),
    );
  }

  async function opened(found: Found, idHash: string, key: Session['key'], askedAt: number): Promise<Loaded> {
    if (found.kind === 'nothing') {
      // Nothing told of it: the store was emptied, or is an old backup.
      cache.drop(idHash);
      return { kind: 'none', reason: 'expired' };
    }
    if (found.kind === 'damaged') return unreadable(idHash, found.detail);
    if (found.kind === 'ended') return { kind: 'none', reason: found.tombstone.reason };
    const standing = standingOf(found.session, now());
    if (standing !== 'active') {
      // It ended on the way here: if this process stood still meanwhile, another may have moved the idle time on.
      if (standingOf(found.session, askedAt) === 'active') return read(idHash, key);
      const reason = (await end(idHash, standing)) ? standing : ((await endOf(idHash)) ?? standing);
      return { kind: 'none', reason };
    }
    const record = openRecord(found.session.sealed, key, idHash, found.session.version);
    if (!record || record.expiresAt !== found.session.expiresAt)
      return unreadable(idHash, 'the stored record is damaged, or of another session');
    const { version, device, lastSeenAt, idleExpiresAt, subject } = found.session;
    const session = {
      id: idHash,
      key,
      version,
      record: share(record),
      device: device === null ? null : Buffer.from(device).toString('latin1'),
      lastSeenAt,
      idleExpiresAt,
    };
    return withConnections(await underFirstKey(session, subject));
  }

  /** Takes out the grants of connected accounts that were ended from elsewhere. */
  async function withConnections(session: Session): Promise<Loaded> {
    const { record, version } = session;
    for (const [provider, account] of accountsIn(record)) {
      // First: an ending from here on is told of.
      cache.link(connections.idOf(session.id, provider), session.id);
      if (await connections.stands(session.id, provider, account)) continue;
      const grants = grantsWith(record, provider, null);
      const next = { ...session, version: version + 1, record: { ...record, grants } };
      if (!(await store.sessions.update(storedForm(next), version))) return read(session.id, session.key);
      const reason = (await endOf(connections.idOf(session.id, provider))) ?? 'expired';
      tellDisconnected(session.id, provider, reason);
      const grant = record.grants[provider];
      if (grant && (await connections.isToBeRevoked(session.id, provider)))
        parts.disconnected?.(provider, grant);
      return withConnections(next);
    }
    return { kind: 'active', session };
  }

  /** Nobody's session, and not destroyed: an operator may put back what was there. */
  function unreadable(idHash: string, detail: string): Loaded {
    cache.drop(idHash);
    report(idHash, detail);
    return { kind: 'none', reason: 'none' };
  }

  /** After a rotation of keys the index hashes are written anew, so that the session is still found by its subject. */
  async function underFirstKey(session: Session, subject: string): Promise<Session> {
    if (subject === hasher.hash(session.record.issuer, session.record.subject)) return session;
    const next = { ...session, version: session.version + 1 };
    return (await store.sessions.update(storedForm(next), session.version)) ? next : session;
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
      device: session.device === null ? null : Buffer.from(session.device, 'latin1'),
      createdAt: record.createdAt,
      lastSeenAt: session.lastSeenAt,
      idleExpiresAt: session.idleExpiresAt,
      expiresAt: record.expiresAt,
    };
  }

  async function end(idHash: string, reason: EndReason, requestId?: string): Promise<boolean> {
    // Kept until the store's feed tells of the ending, and with it what was known of the session.
    const known = cache.peek(idHash);
    const ended = await store.sessions.end(tombstoneOf(idHash, reason, now()));
    cache.drop(idHash);
    if (!ended) return false;
    audit({ event: 'session.ended', session: shortSession(idHash), reason }, requestId);
    // Where nothing is known of it they expire with it.
    for (const [provider] of accountsIn(known?.record)) await connections.end(idHash, provider, reason);
    return true;
  }

  async function endOf(idHash: string): Promise<EndReason | undefined> {
    const found = await store.sessions.read(idHash);
    return found.kind === 'ended' ? found.tombstone.reason : undefined;
  }

  function tellDisconnected(idHash: string, provider: string, reason: EndReason, requestId?: string): void {
    audit({ event: 'connection.ended', provider, session: shortSession(idHash), reason }, requestId);
  }

  /** @param grant null takes it out */
  async function changeGrant(
    session: Session,
    provider: string,
    grant: Grant | null,
    identity?: Identity,
  ): Promise<Stored> {
    let base = session;
    for (;;) {
      if (base.record.grants[provider]?.generation !== session.record.grants[provider]?.generation) {
        return { kind: 'late', session: base };
      }
      const next: Session = {
        ...base,
        version: base.version + 1,
        record: { ...base.record, ...identity, grants: grantsWith(base.record, provider, grant) },
      };
      const { version } = base;
      const stored = await cache.filledBy(
        next.id,
        () => store.sessions.update(storedForm(next), version),
        (done) => (done ? next : undefined),
        1,
      );
      if (stored) return { kind: 'stored', session: next };
      const current = await read(session.id, session.key);
      if (current.kind === 'none') return { kind: 'gone', reason: current.reason };
      base = current.session;
    }
  }

  async function endAll(
    index: SessionIndex,
    hashes: readonly string[],
    reason: EndReason,
    more: EndingDetails = {},
  ): Promise<number> {
    let count = 0;
    for (let look = 0; look < mostLooks; look += 1) {
      const ids = await store.sessions.find(index, hashes);
      const ended = await Promise.all(
        ids.map(async (id) => {
          await more.first?.(id);
          return end(id, reason, more.requestId);
        }),
      );
      count += ended.filter(Boolean).length;
      if (ended.every(Boolean)) break;
    }
    return count;
  }

  return {
    peek,
    current: (idHash) => cache.current(idHash),
    async load(ticket) {
      const cached = peek(ticket);
      if (cached) return { kind: 'active', session: cached };
      try {
        return await read(ticket.idHash, ticket.key);
      } catch (error) {
        const kept = keptThrough(ticket);
        if (!kept) throw error;
        return { kind: 'active', session: kept };
      }
    },
    loadFresh: (ticket) => read(ticket.idHash, ticket.key),
    reload: (session) => read(session.id, session.key),
    async start(fresh, record, device, requestId) {
      const at = now();
      const session: Session = {
        id: fresh.ticket.idHash,
        key: fresh.ticket.key,
        version: 1,
        record: share(record),
        device: Buffer.from(device).toString('latin1'),
        lastSeenAt: at,
        idleExpiresAt: at + lifetimes.idle,
      };
      for (const [provider, account] of accountsIn(record)) {
        cache.link(connections.idOf(session.id, provider), session.id);
        await connections.add(session.id, provider, account, record.expiresAt);
      }
      const created = await cache.filledBy(
        session.id,
        () => store.sessions.create(storedForm(session)),
        (done) => (done ? session : undefined),
      );
      if (!created) throw new Error('a new session id was taken');
      audit(
        {
          event: 'session.started',
          provider: record.provider,
          session: shortSession(session.id),
          subject: hasher.hash(record.issuer, record.subject).slice(0, 12),
        },
        requestId,
      );
      return session;
    },
    async touch(session, always = false) {
      const at = now();
      if (!always && !touchDue(session.lastSeenAt, at, lifetimes.idle)) return session;
      const touched = { ...session, lastSeenAt: at, idleExpiresAt: at + lifetimes.idle };
      if (!(await store.sessions.touch(session.id, touched.lastSeenAt, touched.idleExpiresAt))) {
        await read(session.id, session.key);
        return undefined;
      }
      if (cache.peek(session.id)?.version === session.version) cache.put(touched);
      notices.tell({ kind: 'extended', session: touched });
      return touched;
    },
    replaceGrant: (session, provider, grant, identity) => changeGrant(session, provider, grant, identity),
    async disconnect(session, provider, reason, requestId) {
      const done = await changeGrant(session, provider, null);
      if (done.kind !== 'stored') return done;
      await connections.end(session.id, provider, reason);
      tellDisconnected(session.id, provider, reason, requestId);
      return done;
    },
    end,
    endSubject: (issuer, subject, reason, more) =>
      endAll('subject', hasher.allHashes(issuer, subject), reason, more),
    endProviderSession: (issuer, sid, reason, more) =>
      endAll('providerSession', hasher.allHashes(issuer, sid), reason, more),
    async ofSubject(issuer, subject) {
      const ids = await store.sessions.find('subject', hasher.allHashes(issuer, subject));
      const found = await Promise.all(ids.map((id) => store.sessions.read(id)));
      return found.flatMap((one) =>
        one.kind === 'session' && standingOf(one.session, now()) === 'active' ? [one.session] : [],
      );
    },
    connections,
    endOf,
    notices,
    async standing(idHash) {
      const found = await store.sessions.read(idHash);
      return found.kind === 'session' && standingOf(found.session, now()) === 'active'
        ? { subject: found.session.subject }
        : undefined;
    },
    isSubject: (hash, issuer, subject) => hasher.allHashes(issuer, subject).includes(hash),
    close: cache.close,
  };
}

function tombstoneOf(id: string, reason: EndReason, now: number): Tombstone {
  return { id, reason, endedAt: now, expiresAt: now + tombstoneLife };
}
