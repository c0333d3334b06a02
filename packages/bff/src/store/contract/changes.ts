import { deepEqual, ok } from 'node:assert/strict';
import type { Store, StoreChange } from '../store.ts';
import {
  type Check,
  expectTold,
  now,
  record,
  sampleSession,
  sampleTombstone,
  secondHandle,
} from './subject.ts';

/** What {@link makeEveryChange} must have been told as. */
const everyChange: readonly StoreChange[] = [
  { kind: 'updated', id: 'a' },
  { kind: 'updated', id: 'a' },
  { kind: 'ended', id: 'a' },
  { kind: 'released', id: 'grant' },
];

export const changeCases: readonly Check[] = [
  {
    name: 'changes: tells its own process once each, before the method resolves, and of nothing else',
    async check({ store }) {
      const told = record(store);
      const counts: number[] = [];
      await makeEveryChange(store, () => counts.push(told.length));
      deepEqual(told, everyChange);
      deepEqual(counts, [1, 2, 3, 4]);
    },
  },
  {
    name: 'changes: tells a second handle once each, in order',
    needsSecondHandle: true,
    async check(subject, patience) {
      const { store } = subject;
      const other = await secondHandle(subject);
      const told = [record(store), record(other)];
      await makeEveryChange(store);
      // The last word comes from the other side, so that both have had all before it.
      await other.sessions.create(sampleSession('last'));
      await other.sessions.end(sampleTombstone('last'));
      for (const list of told)
        await expectTold(list, [...everyChange, { kind: 'ended', id: 'last' }], patience);
    },
  },
  {
    name: 'changes: does not tell of what came before a handle was opened',
    needsSecondHandle: true,
    async check(subject, patience) {
      const { store } = subject;
      await makeEveryChange(store);
      const told = record(await secondHandle(subject));
      await store.leases.acquire('late', 'holder', now, now + 1000);
      await store.leases.release('late', 'holder');
      await expectTold(told, [{ kind: 'released', id: 'late' }], patience);
    },
  },
  {
    name: 'changes: tells every listener until it stops listening',
    async check({ store }) {
      const told = record(store);
      const heard: StoreChange[] = [];
      const listener = (change: StoreChange) => heard.push(change);
      const stops = [store.changes.subscribe(listener), store.changes.subscribe(listener)];
      await store.sessions.create(sampleSession('a'));
      await store.sessions.update(sampleSession('a', { version: 2 }), 1);
      deepEqual(heard.length, 2);
      for (const stop of stops) stop();
      await store.sessions.end(sampleTombstone('a'));
      deepEqual(heard.length, 2);
      deepEqual(told.length, 2);
    },
  },
  {
    name: 'changes: keeps the order for a listener when another one writes',
    async check({ store }, patience) {
      await store.sessions.create(sampleSession('a'));
      await store.sessions.create(sampleSession('b'));
      store.changes.subscribe((change) => {
        if (change.kind === 'updated') void store.sessions.end(sampleTombstone('b'));
      });
      const told = record(store);
      await store.sessions.update(sampleSession('a', { version: 2 }), 1);
      const expected: StoreChange[] = [
        { kind: 'updated', id: 'a' },
        { kind: 'ended', id: 'b' },
      ];
      await expectTold(told, expected, patience);
    },
  },
  {
    name: 'changes: is complete while the store is well',
    async check({ store, openAgain }, patience) {
      for (const { changes } of [store, (await openAgain?.()) ?? store]) {
        const staleFor = changes.staleFor();
        ok(staleFor >= 0 && staleFor < patience, `staleFor() is ${staleFor}`);
      }
    },
  },
];

/** Causes {@link everyChange}, with every write beside it that must tell nothing. */
async function makeEveryChange(
  { sessions, once, leases }: Store,
  afterEach: () => void = () => undefined,
): Promise<void> {
  const session = sampleSession('a');
  await sessions.create(session);
  await sessions.touch('a', now + 1, now + 1);
  await once.claim('state', now, now + 1000);
  await sessions.update({ ...session, version: 2 }, 1);
  afterEach();
  await sessions.update({ ...session, version: 2 }, 1);
  await sessions.update({ ...session, version: 3 }, 2);
  afterEach();
  await sessions.end(sampleTombstone('a'));
  afterEach();
  await sessions.end(sampleTombstone('a'));
  await sessions.update({ ...session, version: 4 }, 3);
  await leases.acquire('grant', 'holder', now, now + 1000);
  await leases.markAttempt('grant', 'holder');
  await leases.release('grant', 'somebody else');
  await leases.release('grant', 'holder');
  afterEach();
  await leases.release('grant', 'holder');
}
