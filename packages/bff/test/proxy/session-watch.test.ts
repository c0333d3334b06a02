import { createSecretKey } from 'node:crypto';
import { expect, it } from 'vitest';
import { type WatchParts, watchSession } from '../../src/proxy/session-watch.ts';
import { createNotices } from '../../src/session/notices.ts';
import type { Loaded, Session } from '../../src/session/session.ts';

const session: Session = {
  id: 'id',
  key: createSecretKey(Buffer.alloc(32)),
  version: 1,
  record: {
    format: 1,
    provider: 'main',
    issuer: 'https://idp.example',
    subject: 'alice',
    providerSession: null,
    user: {},
    roles: [],
    acr: null,
    amr: [],
    authTime: null,
    createdAt: 0,
    expiresAt: Date.now() + 3_600_000,
    grants: {},
  },
  device: null,
  lastSeenAt: 0,
  idleExpiresAt: Date.now() + 1_800_000,
};

/** @param known what this process surely knows; @param read what the store says when asked */
function parts(known: Session | undefined, read: () => Promise<Loaded>) {
  const notices = createNotices();
  const reads: unknown[] = [];
  const sessions: WatchParts['sessions'] = {
    current: () => known,
    reload() {
      reads.push(undefined);
      return read();
    },
    endOf: async () => 'signed-out',
    notices,
  };
  return { sessions, now: Date.now, notices, reads };
}

it('asks nobody about a session that is known for sure', async () => {
  const given = parts(session, async () => ({ kind: 'active', session }));
  const watch = watchSession(given, session, () => expect.unreachable());
  await Promise.resolve();
  expect(given.reads).toHaveLength(0);
  watch.stop();
});

it('hears of an end that came before it was watched', async () => {
  const given = parts(undefined, async () => ({ kind: 'none', reason: 'revoked' }));
  const ended = await new Promise<() => Promise<string>>((resolve) => {
    watchSession(given, session, resolve);
  });
  expect(await ended()).toBe('revoked');
});

it('hears of an end once, with the reason that the store has, and watches no more', async () => {
  const given = parts(session, async () => ({ kind: 'none', reason: 'expired' }));
  const reasons: Promise<string>[] = [];
  watchSession(given, session, (why) => reasons.push(why()));
  given.notices.tell({ kind: 'ended', id: session.id });
  given.notices.tell({ kind: 'ended', id: session.id });
  expect(await Promise.all(reasons)).toEqual(['signed-out']);
});

it('is told of newer states, and tells the newest', () => {
  const given = parts(session, async () => ({ kind: 'active', session }));
  const seen: number[] = [];
  const watch = watchSession(
    given,
    session,
    () => {},
    ({ lastSeenAt }) => seen.push(lastSeenAt),
  );
  given.notices.tell({ kind: 'extended', session: { ...session, lastSeenAt: 7 } });
  expect(seen).toEqual([0, 7]);
  expect(watch.session.lastSeenAt).toBe(7);
  watch.stop();
});
