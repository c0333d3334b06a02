import { randomBytes } from 'node:crypto';
import type { Coatcheck, StoredSession } from '@coatcheck/bff';

/** What a session is made of, for whoever started it. */
export interface KnownSession {
  readonly stored: StoredSession;
  /** The key that opens it, base64url: what its ticket holds. */
  readonly key: string;
  readonly subject: string;
}

type SessionRecord = Parameters<Coatcheck['parts']['sessions']['start']>[1];

/** As JSON: a record with an access, a refresh and an ID token; and one without the ID token. */
export const recordBytes = { withIdToken: 1_900, without: 1_500 } as const;

/**
 * Starts real sessions.
 *
 * @param engine on a store that holds them and is read by nobody else
 * @param bytes length of each record as JSON, one of {@link recordBytes}
 */
export async function startSessions(
  { parts }: Coatcheck,
  count: number,
  bytes: number,
): Promise<KnownSession[]> {
  const known: KnownSession[] = [];
  for (let at = 0; at < count; at += 1) {
    const fresh = parts.tickets.issue();
    const record = exampleRecord(bytes, parts.now());
    await parts.sessions.start(
      fresh,
      record,
      parts.devices.seal('Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'),
    );
    const found = await parts.store.sessions.read(fresh.ticket.idHash);
    if (found.kind !== 'session') throw new Error('a session that was started is not there');
    const key = fresh.ticket.key.export().toString('base64url');
    known.push({ stored: found.session, key, subject: record.subject });
  }
  return known;
}

/**
 * So many sessions, the known ones spread evenly among others of the same lengths that nobody can open. Sealed bytes
 * look random, so a store cannot tell them apart.
 */
export function* manySessions(known: readonly KnownSession[], count: number): Generator<StoredSession> {
  const step = Math.max(1, Math.floor(count / Math.max(1, known.length)));
  let used = 0;
  for (let at = 0; at < count; at += 1) {
    const here = at % step === 0 ? known[used] : undefined;
    const example = here?.stored ?? known[at % known.length]?.stored;
    if (!example) return;
    if (here) used += 1;
    yield here?.stored ?? likeIt(example);
  }
}

/** Sessions like the known ones whose idle time is over. */
export function* pastSessions(known: readonly KnownSession[], count: number): Generator<StoredSession> {
  for (let at = 0; at < count; at += 1) {
    const example = known[at % known.length]?.stored;
    if (!example) return;
    yield withTimes(likeIt(example), -12 * 3_600_000);
  }
}

function likeIt(example: StoredSession): StoredSession {
  const random = randomBytes(96);
  const hash = (from: number) => random.toString('base64url', from, from + 32);
  return {
    ...example,
    id: hash(0),
    subject: hash(32),
    providerSession: hash(64),
    sealed: randomBytes(example.sealed.length),
  };
}

/** Its idle time ended some hours ago. */
function withTimes(session: StoredSession, shift: number): StoredSession {
  return {
    ...session,
    createdAt: session.createdAt + shift,
    lastSeenAt: session.lastSeenAt + shift,
    idleExpiresAt: session.createdAt + shift / 2,
  };
}

function exampleRecord(bytes: number, now: number): SessionRecord {
  const subject = `248289761001-${randomBytes(8).toString('hex')}`;
  const record = (accessToken: string): SessionRecord => ({
    format: 1,
    provider: 'provider',
    issuer: 'https://login.example.com/tenant',
    subject,
    providerSession: randomBytes(16).toString('hex'),
    user: { sub: subject, name: 'Alice Example', email: 'alice@example.com', email_verified: true },
    roles: ['user'],
    acr: null,
    amr: ['pwd'],
    authTime: Math.floor(now / 1_000),
    createdAt: now,
    expiresAt: now + 12 * 3_600_000,
    grants: {
      provider: {
        generation: 1,
        refreshToken: randomText(43),
        idToken: bytes >= recordBytes.withIdToken ? randomText(640) : null,
        scopes: ['openid', 'profile', 'email', 'offline_access'],
        tokens: {
          '': {
            value: accessToken,
            type: 'Bearer',
            scopes: ['openid', 'profile', 'email', 'offline_access'],
            receivedAt: now,
            expiresAt: now + 300_000,
          },
        },
      },
    },
  });
  const rest = JSON.stringify(record('')).length;
  return record(randomText(bytes - rest));
}

function randomText(length: number): string {
  return randomBytes(Math.ceil(length * 0.75))
    .toString('base64url')
    .slice(0, length);
}
