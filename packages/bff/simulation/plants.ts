import type { Outcome } from '../src/provider/failure.ts';
import type { Provider } from '../src/provider/provider.ts';
import { createRefresher, type Refresher } from '../src/refresh/refresher.ts';
import { createSessionManager, type SessionManager } from '../src/session/manager.ts';
import type { Stored } from '../src/session/session.ts';
import type { Store } from '../src/store/store.ts';
import { createEngine, type EngineMaker } from './engine.ts';

/**
 * Bugs to plant, each a mistake that was made somewhere: the simulation must find every one. The real modules run, with
 * something around them that breaks what they rely on.
 */
export const plants = {
  /** Nobody waits for anybody in another process. */
  'no-lease': (parts) => {
    const leases: Store['leases'] = {
      acquire: async () => ({ acquired: true, fence: 1, afterAttempt: false }),
      markAttempt: async () => true,
      release: async () => undefined,
    };
    return createEngine({ ...parts, store: { ...parts.store, leases } });
  },

  /** One refresh at a time for each resource, though the refresh token belongs to the grant. */
  'lease-per-resource': (parts) => {
    const sessions = createSessionManager(parts);
    const refreshers = new Map<string, Refresher>();
    return {
      sessions,
      refresherFor({ resource }) {
        const { leases } = parts.store;
        const named = (name: string) => `${name}:${resource}`;
        const store: Store = {
          ...parts.store,
          leases: {
            acquire: (name, ...others) => leases.acquire(named(name), ...others),
            markAttempt: (name, holder) => leases.markAttempt(named(name), holder),
            release: (name, holder) => leases.release(named(name), holder),
          },
        };
        const refresher = refreshers.get(resource) ?? createRefresher({ ...parts, store, sessions });
        refreshers.set(resource, refresher);
        return refresher;
      },
    };
  },

  /** The lease is given back, and the token used, before it is stored. */
  'store-after-release': (parts) => {
    const sessions = createSessionManager(parts);
    const unstored = new Map<string, () => Promise<unknown>>();
    const late: SessionManager = {
      ...sessions,
      async replaceGrant(session, provider, grant): Promise<Stored> {
        unstored.set(`refresh:${session.id}:${provider}`, () =>
          sessions.replaceGrant(session, provider, grant),
        );
        const grants = { ...session.record.grants, [provider]: grant };
        return { kind: 'stored', session: { ...session, record: { ...session.record, grants } } };
      },
    };
    const leases: Store['leases'] = {
      ...parts.store.leases,
      async release(name, holder) {
        await parts.store.leases.release(name, holder);
        const store = unstored.get(name);
        unstored.delete(name);
        store?.().catch(() => undefined);
      },
    };
    const refresher = createRefresher({ ...parts, store: { ...parts.store, leases }, sessions: late });
    return { sessions, refresherFor: () => refresher };
  },

  /** Whoever comes last wins, however late. */
  'no-fencing': (parts) => {
    const sessions = createSessionManager(parts);
    const careless: SessionManager = {
      ...sessions,
      async replaceGrant(session, provider, grant): Promise<Stored> {
        for (;;) {
          const current = await sessions.reload(session);
          if (current.kind === 'none') return { kind: 'gone', reason: current.reason };
          const stored = await sessions.replaceGrant(current.session, provider, grant);
          if (stored.kind !== 'late') return stored;
        }
      },
    };
    const refresher = createRefresher({ ...parts, sessions: careless });
    return { sessions, refresherFor: () => refresher };
  },

  /** A provider that is down is taken for one that refuses. */
  'sign-out-on-network-error': (parts) => {
    const misread = <T>(outcome: Outcome<T>): Outcome<T> =>
      outcome.ok || outcome.failure.kind !== 'unavailable'
        ? outcome
        : {
            ok: false,
            failure: { kind: 'oauth_error', error: 'invalid_grant', detail: outcome.failure.detail },
          };
    const providers = new Map(
      [...parts.providers].map(([id, provider]): [string, Provider] => [
        id,
        { ...provider, refresh: async (...request) => misread(await provider.refresh(...request)) },
      ]),
    );
    return createEngine({ ...parts, providers });
  },

  /** What the store tells reaches the refresher but not the cache. */
  'cache-without-invalidation': (parts) => {
    const changes: Store['changes'] = {
      subscribe: () => () => undefined,
      staleFor: () => parts.store.changes.staleFor(),
    };
    const sessions = createSessionManager({ ...parts, store: { ...parts.store, changes } });
    const refresher = createRefresher({ ...parts, sessions });
    return { sessions, refresherFor: () => refresher };
  },

  /** The cache counts however long nothing was heard of the store. */
  'cache-past-heartbeat': (parts) => {
    const { subscribe } = parts.store.changes;
    const changes: Store['changes'] = { subscribe, staleFor: () => 0 };
    const sessions = createSessionManager({ ...parts, store: { ...parts.store, changes } });
    const refresher = createRefresher({ ...parts, sessions });
    return { sessions, refresherFor: () => refresher };
  },
} as const satisfies Readonly<Record<string, EngineMaker>>;

export type PlantName = keyof typeof plants;

export const plantNames = Object.keys(plants).filter(isPlantName);

export function isPlantName(name: string): name is PlantName {
  return Object.hasOwn(plants, name);
}
