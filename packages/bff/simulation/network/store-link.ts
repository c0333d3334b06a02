import { leaseLifeFor } from '../../src/refresh/policy.ts';
import { standingOf } from '../../src/session/rules.ts';
import { openRecord } from '../../src/session/vault.ts';
import type {
  CounterStore,
  Found,
  LeaseStore,
  OnceStore,
  SessionStore,
  Store,
  StoredSession,
} from '../../src/store/store.ts';
import { onCommitted } from '../checks/commits.ts';
import { onEnded } from '../checks/endings.ts';
import { onReleaseAsked } from '../checks/flights.ts';
import type { Step } from '../faults.ts';
import type { Host } from '../truth.ts';
import type { World } from '../world.ts';
import { askStore, type StoreClient } from './store-request.ts';

const elsewhere: readonly [Step, Step, Step] = ['elsewhere', 'elsewhere', 'elsewhere'];

/** The shared store as one process reaches it. */
export function createStoreLink(world: World, host: Host, client: StoreClient): Store {
  return {
    sessions: sessionsOver(world, host, client),
    leases: leasesOver(world, host, client),
    once: onceOver(world, client),
    counters: countersOver(world, client),
    changes: client.feed,
    sweep(now, limit, tombstoneLife) {
      return askStore(world, client, {
        what: 'sweep',
        about: undefined,
        steps: elsewhere,
        async work(store) {
          const ids = [...world.truth.sessions.keys()];
          const before = await Promise.all(ids.map((id) => store.sessions.read(id)));
          const swept = await store.sweep(now, limit, tombstoneLife);
          const after = await Promise.all(ids.map((id) => store.sessions.read(id)));
          for (const [index, id] of ids.entries())
            noteSwept(world, host, id, now, before[index], after[index]);
          return swept;
        },
      });
    },
    ping: async () => undefined,
    close: async () => undefined,
  };
}

function sessionsOver(world: World, host: Host, client: StoreClient): SessionStore {
  return {
    async read(id) {
      const askedAt = host.now();
      const found = await askStore(world, client, {
        what: 'read',
        about: id,
        steps: elsewhere,
        work: (store) => store.sessions.read(id),
      });
      if (found.kind === 'session' && standingOf(found.session, askedAt) !== 'active') host.sawOver.add(id);
      return found;
    },
    create: (session) =>
      askStore(world, client, {
        what: 'create',
        about: session.id,
        steps: elsewhere,
        work: (store) => store.sessions.create(session),
        applied: (done) => done && noteStored(world, client, session, session.version),
      }),
    update: (session, expectedVersion) => {
      for (const attempt of world.truth.sessions.get(session.id)?.attempts ?? []) {
        if (attempt.host === host && attempt.received && attempt.committedAt === undefined)
          attempt.lastTriedAt = world.time.now();
      }
      return askStore(world, client, {
        what: `update to version ${expectedVersion + 1}`,
        about: session.id,
        steps: ['store asked', 'stored', 'store answered'],
        work: (store) => store.sessions.update(session, expectedVersion),
        applied: (done) => done && noteStored(world, client, session, expectedVersion + 1),
      });
    },
    touch: (id, lastSeenAt, idleExpiresAt) =>
      askStore(world, client, {
        what: 'touch',
        about: id,
        steps: elsewhere,
        work: (store) => store.sessions.touch(id, lastSeenAt, idleExpiresAt),
      }),
    end: (tombstone) =>
      askStore(world, client, {
        what: `end (${tombstone.reason})`,
        about: tombstone.id,
        steps: elsewhere,
        work: (store) => store.sessions.end(tombstone),
        applied: (done) => done && onEnded(world, host, tombstone.id, tombstone.reason),
      }),
    find: (index, hashes) =>
      askStore(world, client, {
        what: `find by ${index}`,
        about: undefined,
        steps: elsewhere,
        work: (store) => store.sessions.find(index, hashes),
      }),
  };
}

function leasesOver(world: World, host: Host, client: StoreClient): LeaseStore {
  const sessionOf = (name: string) => name.split(':')[1];
  return {
    acquire(name, holder, now, expiresAt) {
      const askedAt = world.time.now();
      const life = leaseLifeFor(world.plan.requestTimeout);
      return askStore(world, client, {
        what: 'acquire',
        about: sessionOf(name),
        steps: ['lease asked', 'lease given', 'lease answered'],
        work: (store) => store.leases.acquire(name, holder, now, expiresAt),
        applied(answer) {
          world.trace.say(
            sessionOf(name),
            () => `${client.name} asks for the lease: ${JSON.stringify(answer)}`,
          );
          if (!answer.acquired) return;
          const givenAt = world.time.now();
          host.leases.set(name, { host, name, holder, givenAt, deadline: askedAt + life });
        },
      });
    },
    markAttempt: (name, holder) =>
      askStore(world, client, {
        what: 'mark attempt',
        about: sessionOf(name),
        steps: ['attempt asked', 'attempt marked', 'attempt answered'],
        work: (store) => store.leases.markAttempt(name, holder),
      }),
    release(name, holder) {
      onReleaseAsked(world, host, name);
      return askStore(world, client, {
        what: 'release',
        about: sessionOf(name),
        steps: ['release asked', 'released', 'release answered'],
        work: (store) => store.leases.release(name, holder),
      });
    },
  };
}

function countersOver(world: World, client: StoreClient): CounterStore {
  return {
    increment: (name, by, now, window) =>
      askStore(world, client, {
        what: 'increment',
        about: undefined,
        steps: elsewhere,
        work: (store) => store.counters.increment(name, by, now, window),
      }),
  };
}

function onceOver(world: World, client: StoreClient): OnceStore {
  const ask = (what: string, work: (store: Store) => Promise<boolean>) =>
    askStore(world, client, { what, about: undefined, steps: elsewhere, work });
  return {
    claim: (name, now, expiresAt) => ask('claim', (store) => store.once.claim(name, now, expiresAt)),
    isClaimed: (name, now) => ask('is claimed', (store) => store.once.isClaimed(name, now)),
  };
}

/** Opens what was just stored, which only a ticket can. */
function noteStored(world: World, client: StoreClient, session: StoredSession, version: number): void {
  const truth = world.truth.sessions.get(session.id);
  if (!truth) return;
  const record = openRecord(session.sealed, truth.key, session.id, version);
  if (!record)
    world.verdict.violated('no-surprise', session.id, `${client.name} stored what nobody can open`);
  else onCommitted(world, truth, record);
}

function noteSwept(
  world: World,
  host: Host,
  id: string,
  now: number,
  before: Found | undefined,
  after: Found | undefined,
): void {
  if (before?.kind !== 'session' || after?.kind !== 'ended') return;
  if (standingOf(before.session, now) !== 'active') host.sawOver.add(id);
  onEnded(world, host, id, after.tombstone.reason);
}
