import { randomBytes } from 'node:crypto';
import type { Wait } from '../observe/wait.ts';
import type { Provider } from '../provider/provider.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Loaded, Session } from '../session/session.ts';
import type { LeaseAnswer, Store } from '../store/store.ts';
import { createLeaseWatch } from './lease-watch.ts';
import { leaseLifeFor, longestAnswer } from './policy.ts';
import { waitForChange } from './waiting.ts';

export interface StandstillParts {
  readonly store: Store;
  readonly sessions: Pick<SessionManager, 'reload'>;
  readonly providers: ReadonlyMap<string, Provider>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that only ever grow. */
  readonly monotonic: () => number;
  readonly wait: Wait;
}

/**
 * Does something while none of a session's grants is refreshed, by whatever process.
 *
 * @param session whose grants are held
 * @param work gets the session as it then is
 */
export type Standstill = <T>(session: Session, work: (now: Loaded) => Promise<T>) => Promise<T>;

/** A time before every lease's end: whoever has one keeps it. */
const held = 0;

/** For so long a lease that was seen is surely still the same. Milliseconds. */
const surelyTheSame = 1_000;

/**
 * Takes the leases under which refreshes fly (flight.ts), so that no rotated refresh token goes to a session that is
 * being replaced, nor an old one to its successor.
 */
export function createStandstill(parts: StandstillParts): Standstill {
  const { store, sessions, providers, now, monotonic, wait } = parts;
  const watched = createLeaseWatch(now, monotonic);

  async function take(name: string, holder: string, life: number, session: Session): Promise<void> {
    let expired: number | undefined;
    for (;;) {
      const askedAt = monotonic();
      const lease: LeaseAnswer = await store.leases.acquire(name, holder, expired ?? held, watched.end(life));
      if (lease.acquired) {
        // Then it may have been a new one, by a clock that is behind: its holder's time is left to it.
        if (expired === undefined || monotonic() - askedAt <= surelyTheSame) return;
        await store.leases.release(name, holder);
        expired = undefined;
        continue;
      }
      const patience = watched.left(name, lease.expiresAt, life);
      expired = patience > 0 ? undefined : lease.expiresAt;
      if (patience > 0) await waitForChange(store.changes, wait, [name, session.id], patience);
    }
  }

  return async (session, work) => {
    const holder = randomBytes(12).toString('base64url');
    const names: string[] = [];
    try {
      // Always in the same order, or two who do this at once would wait for each other.
      for (const id of Object.keys(session.record.grants).sort()) {
        const name = `refresh:${session.id}:${id}`;
        const settings = providers.get(id)?.settings;
        names.push(name);
        await take(name, holder, leaseLifeFor(settings ? longestAnswer(settings) : 0), session);
      }
      return await work(await sessions.reload(session));
    } finally {
      // One that cannot be given back ends by itself.
      for (const name of names) await store.leases.release(name, holder).catch(() => undefined);
    }
  };
}
