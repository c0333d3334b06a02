import { deepEqual, equal } from 'node:assert/strict';
import type { EndReason } from '../store.ts';
import {
  type Check,
  countTrue,
  expectEnded,
  expectFalse,
  expectSession,
  expectTrue,
  now,
  sampleSession,
  sampleTombstone,
} from './subject.ts';

const endReasons: readonly EndReason[] = [
  'expired',
  'idle',
  'signed-out',
  'revoked',
  'provider-logout',
  'refused',
  'replaced',
];

export const sessionCases: readonly Check[] = [
  {
    name: 'sessions: finds nothing under an unknown id',
    async check({ store }) {
      deepEqual(await store.sessions.read('unknown'), { kind: 'nothing' });
    },
  },
  {
    name: 'sessions: gives a session back as it was created',
    async check({ store }) {
      const session = sampleSession('a', { version: 7, lastSeenAt: now + 1, createdAt: now - 0.5 });
      await expectTrue(store.sessions.create(session));
      await expectSession(store, session);
    },
  },
  {
    name: 'sessions: keeps what is absent apart from what is empty',
    async check({ store }) {
      const absent = sampleSession('absent', { device: null, providerSession: null });
      const empty = sampleSession('empty', { device: new Uint8Array(0), providerSession: '' });
      for (const session of [absent, empty]) {
        await expectTrue(store.sessions.create(session));
        await expectSession(store, session);
      }
    },
  },
  {
    name: 'sessions: keeps every byte value',
    async check({ store }) {
      const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
      const session = sampleSession('bytes', { sealed: everyByte, device: everyByte.toReversed() });
      await expectTrue(store.sessions.create(session));
      await expectSession(store, session);
    },
  },
  {
    name: 'sessions: keeps a sealed record of 1 MB, also through an update',
    async check({ store }) {
      const pattern = (step: number) =>
        Uint8Array.from({ length: 1_048_576 }, (_, index) => (index * step) % 251);
      const session = sampleSession('large', { sealed: pattern(7) });
      await expectTrue(store.sessions.create(session));
      await expectSession(store, session);
      const next = { ...session, version: 2, sealed: pattern(11) };
      await expectTrue(store.sessions.update(next, 1));
      await expectSession(store, next);
    },
  },
  {
    name: 'sessions: is not changed by who changes the bytes it was given or gave',
    async check({ store }) {
      const given = sampleSession('a', { sealed: Uint8Array.of(1, 2, 3), device: Uint8Array.of(4) });
      await expectTrue(store.sessions.create(given));
      given.sealed.fill(0);
      given.device?.fill(0);
      const found = await store.sessions.read('a');
      if (found.kind === 'session') found.session.sealed.fill(9);
      await expectSession(store, { ...given, sealed: Uint8Array.of(1, 2, 3), device: Uint8Array.of(4) });
    },
  },
  {
    name: 'sessions: never overwrites a session by creating one',
    async check({ store }) {
      const first = sampleSession('a');
      await expectTrue(store.sessions.create(first));
      await expectFalse(
        store.sessions.create(sampleSession('a', { sealed: Uint8Array.of(1), subject: 'other' })),
      );
      await expectSession(store, first);
    },
  },
  {
    name: 'sessions: lets one of many concurrent creations win',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      const creations = stores.flatMap(({ sessions }) =>
        Array.from({ length: 10 }, () => sessions.create(sampleSession('a'))),
      );
      equal(await countTrue(creations), 1);
    },
  },
  {
    name: 'sessions: creates nothing where a tombstone stands',
    async check({ store }) {
      const session = sampleSession('a');
      await store.sessions.create(session);
      await expectTrue(store.sessions.end(sampleTombstone('a')));
      await expectFalse(store.sessions.create(session));
      await expectEnded(store, sampleTombstone('a'));
    },
  },
  {
    name: 'sessions: updates only the expected version, and makes it the next one',
    async check({ store }) {
      const session = sampleSession('a');
      await store.sessions.create(session);
      const second = { ...session, version: 2, sealed: Uint8Array.of(2) };
      await expectTrue(store.sessions.update(second, 1));
      await expectFalse(store.sessions.update({ ...session, version: 2, sealed: Uint8Array.of(3) }, 1));
      await expectFalse(store.sessions.update({ ...session, version: 4, sealed: Uint8Array.of(4) }, 3));
      await expectSession(store, second);
      await expectTrue(store.sessions.update(second, 2));
      await expectSession(store, { ...second, version: 3 });
    },
  },
  {
    name: 'sessions: lets one of many concurrent updates win',
    async check({ store, openAgain }) {
      const stores = [store, (await openAgain?.()) ?? store];
      const session = sampleSession('a');
      await store.sessions.create(session);
      const updates = stores.flatMap(({ sessions }, handle) =>
        Array.from({ length: 10 }, (_, index) =>
          sessions.update({ ...session, version: 2, sealed: Uint8Array.of(handle, index) }, 1),
        ),
      );
      equal(await countTrue(updates), 1);
      const found = await store.sessions.read('a');
      equal(found.kind === 'session' && found.session.version, 2);
    },
  },
  {
    name: 'sessions: replaces all but the times of use by an update',
    async check({ store }) {
      await store.sessions.create(sampleSession('a'));
      await store.sessions.touch('a', now + 10, now + 1_800_010);
      const next = sampleSession('a', {
        version: 2,
        sealed: Uint8Array.of(2),
        subject: 'new subject',
        providerSession: null,
        device: null,
        createdAt: now + 1,
        lastSeenAt: now + 99,
        idleExpiresAt: now + 99,
        expiresAt: now + 50_000_000,
      });
      await expectTrue(store.sessions.update(next, 1));
      await expectSession(store, { ...next, lastSeenAt: now + 10, idleExpiresAt: now + 1_800_010 });
      deepEqual(await store.sessions.find('subject', ['subject of a']), []);
      deepEqual(await store.sessions.find('subject', ['new subject']), ['a']);
      deepEqual(await store.sessions.find('providerSession', ['provider session of a']), []);
    },
  },
  {
    name: 'sessions: never brings a session back by an update',
    async check({ store }) {
      const session = sampleSession('a');
      await expectFalse(store.sessions.update(session, 1));
      deepEqual(await store.sessions.read('a'), { kind: 'nothing' });
      await store.sessions.create(session);
      await store.sessions.end(sampleTombstone('a'));
      await expectFalse(store.sessions.update({ ...session, version: 2 }, 1));
      await expectEnded(store, sampleTombstone('a'));
    },
  },
  {
    name: 'sessions: moves each time of use forward and never back, in the same version',
    async check({ store }) {
      const session = sampleSession('a');
      await store.sessions.create(session);
      await expectTrue(store.sessions.touch('a', now + 20, now + 2_000_000));
      await expectTrue(store.sessions.touch('a', now + 10, now + 1_900_000));
      await expectSession(store, { ...session, lastSeenAt: now + 20, idleExpiresAt: now + 2_000_000 });
      await expectTrue(store.sessions.touch('a', now + 30, now));
      await expectSession(store, { ...session, lastSeenAt: now + 30, idleExpiresAt: now + 2_000_000 });
    },
  },
  {
    name: 'sessions: never brings a session back by use',
    async check({ store }) {
      await expectFalse(store.sessions.touch('a', now, now + 1));
      await store.sessions.create(sampleSession('a'));
      await store.sessions.end(sampleTombstone('a'));
      await expectFalse(store.sessions.touch('a', now, now + 1));
      await expectEnded(store, sampleTombstone('a'));
    },
  },
  {
    name: 'sessions: ends a session once and keeps the first reason',
    async check({ store, openAgain }) {
      const other = (await openAgain?.()) ?? store;
      await store.sessions.create(sampleSession('a'));
      const first = sampleTombstone('a', { reason: 'provider-logout' });
      await expectTrue(store.sessions.end(first));
      await expectFalse(other.sessions.end(sampleTombstone('a', { reason: 'signed-out', endedAt: now + 1 })));
      await expectEnded(other, first);
    },
  },
  {
    name: 'sessions: leaves no tombstone where no session was',
    async check({ store }) {
      await expectFalse(store.sessions.end(sampleTombstone('a')));
      deepEqual(await store.sessions.read('a'), { kind: 'nothing' });
    },
  },
  {
    name: 'sessions: keeps every reason of an ending',
    async check({ store }) {
      for (const reason of endReasons) {
        await store.sessions.create(sampleSession(reason));
        const tombstone = sampleTombstone(reason, { reason });
        await expectTrue(store.sessions.end(tombstone));
        await expectEnded(store, tombstone);
      }
    },
  },
  {
    name: 'sessions: finds them by subject and by provider session, until they end',
    async check({ store }) {
      const shared = { subject: 's1', providerSession: 'p1' };
      await store.sessions.create(sampleSession('a', shared));
      await store.sessions.create(sampleSession('b', { ...shared, providerSession: null }));
      await store.sessions.create(sampleSession('c', { subject: 's2', providerSession: 'p2' }));
      const { sessions } = store;
      deepEqual((await sessions.find('subject', ['s1'])).toSorted(), ['a', 'b']);
      deepEqual((await sessions.find('subject', ['s2', 'none', 's1', 's1'])).toSorted(), ['a', 'b', 'c']);
      deepEqual(await sessions.find('providerSession', ['p1']), ['a']);
      deepEqual((await sessions.find('providerSession', ['p2', 'p1'])).toSorted(), ['a', 'c']);
      deepEqual(await sessions.find('subject', []), []);
      deepEqual(await sessions.find('subject', ['p1', 'a', '%', `s1' OR '1`]), []);
      await sessions.end(sampleTombstone('a'));
      deepEqual(await sessions.find('subject', ['s1']), ['b']);
      deepEqual(await sessions.find('providerSession', ['p1']), []);
    },
  },
  {
    name: 'sessions: holds many at once',
    async check({ store }) {
      const ids = Array.from({ length: 500 }, (_, index) => `session-${index}`);
      const creations = ids.map((id) => store.sessions.create(sampleSession(id, { subject: 'one subject' })));
      equal(await countTrue(creations), ids.length);
      for (const id of ids) await expectSession(store, sampleSession(id, { subject: 'one subject' }));
      deepEqual((await store.sessions.find('subject', ['one subject'])).toSorted(), ids.toSorted());
    },
  },
];
