import { randomBytes } from 'node:crypto';
import type { SignedOutReason } from '@coatcheck/protocol';
import { type Audit, shortSession } from '../observe/audit.ts';
import type { Wait } from '../observe/wait.ts';
import type { Outcome } from '../provider/failure.ts';
import type { Provider, TokenSet } from '../provider/provider.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Grant } from '../session/record.ts';
import type { Session, Stored } from '../session/session.ts';
import type { LeaseAnswer, Store } from '../store/store.ts';
import { backOff, grantAfter, meaningOf, sameIdentity } from './policy.ts';
import type { TokenWant } from './token-want.ts';
import { waitForChange } from './waiting.ts';

export interface FlightParts {
  readonly store: Store;
  readonly sessions: SessionManager;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: Wait;
}

/** How one flight ended. `moved`: somebody else changed the session; look at it again. */
export type FlightResult =
  | { readonly kind: 'refreshed'; readonly session: Session; readonly resource: string }
  | { readonly kind: 'moved'; readonly session: Session }
  | { readonly kind: 'ended'; readonly reason: SignedOutReason }
  | { readonly kind: 'unavailable'; readonly session: Session; readonly retryAfter: number };

/** Time to store a rotated token after the provider's longest answer. Milliseconds. */
const commitTime = 5_000;

/**
 * One refresh at a time per (session, provider grant): in this process by a shared promise, over all processes by a
 * lease in the store. The grant has one refresh token, however many resources wait for it.
 */
export function createFlight(parts: FlightParts): {
  fly(session: Session, want: TokenWant): Promise<FlightResult>;
  idle(): Promise<void>;
} {
  const { store, sessions, providers, audit, now, wait } = parts;
  const underway = new Map<string, Promise<FlightResult>>();
  const troubled = new Map<string, { failures: number; until: number }>();

  async function fly(session: Session, want: TokenWant): Promise<FlightResult> {
    const name = `refresh:${session.id}:${want.provider}`;
    const other = underway.get(name);
    if (other) return other;
    const mine = leased(name, session, want).finally(() => underway.delete(name));
    underway.set(name, mine);
    return mine;
  }

  /** Takes the lease or waits for whoever has it; then reads again and checks again before it refreshes. */
  async function leased(name: string, session: Session, want: TokenWant): Promise<FlightResult> {
    const provider = providers.get(want.provider);
    if (!provider) return { kind: 'unavailable', session, retryAfter: 60 };
    const trouble = troubled.get(name);
    if (trouble && now() < trouble.until) {
      return { kind: 'unavailable', session, retryAfter: Math.ceil((trouble.until - now()) / 1_000) };
    }
    // Two tries when an answer is lost, each with the provider's longest answer, then the commit.
    const leaseLife = 2 * provider.settings.requestTimeout + commitTime;
    const holder = randomBytes(12).toString('base64url');
    let lease = await store.leases.acquire(name, holder, now(), now() + leaseLife);
    while (!lease.acquired) {
      await waitForChange(store.changes, wait, [name, session.id], lease.expiresAt - now());
      const seen = await lookAgain(session, want);
      if (seen) return seen;
      lease = await store.leases.acquire(name, holder, now(), now() + leaseLife);
    }
    try {
      const seen = await lookAgain(session, want);
      if (seen) return seen;
      return await refresh(name, holder, lease, provider, session, want, leaseLife);
    } finally {
      await store.leases.release(name, holder);
    }
  }

  async function refresh(
    name: string,
    holder: string,
    lease: LeaseAnswer & { acquired: true },
    provider: Provider,
    session: Session,
    want: TokenWant,
    leaseLife: number,
  ): Promise<FlightResult> {
    const grant = session.record.grants[want.provider];
    if (!grant?.refreshToken) return { kind: 'ended', reason: 'expired' };
    if (!(await store.leases.markAttempt(name, holder))) {
      return (await lookAgain(session, want)) ?? { kind: 'moved', session };
    }

    const startedAt = now();
    const answer = await ask(provider, grant.refreshToken, want.resource);
    const about = { provider: want.provider, session: shortSession(session.id) } as const;
    if (answer.ok) {
      troubled.delete(name);
      audit({ event: 'token.refreshed', ...about, milliseconds: now() - startedAt });
      return commit(provider, session, want, grant, answer.value);
    }
    const { failure } = answer;
    audit({ event: 'token.refresh_failed', ...about, code: failure.kind, detail: failure.detail });
    if (meaningOf(failure) !== 'refused') {
      const failures = (troubled.get(name)?.failures ?? 0) + 1;
      const pause =
        failure.kind === 'unavailable' && failure.retryAfter !== undefined
          ? failure.retryAfter * 1_000
          : backOff(failures);
      remember(name, { failures, until: now() + pause });
      return { kind: 'unavailable', session, retryAfter: Math.ceil(pause / 1_000) };
    }
    // The holder before us may have got the new tokens for the token that was refused to us, and still store them.
    const patience = now() + (lease.afterAttempt ? leaseLife : 0);
    let seen = await lookAgain(session, want);
    while (!seen && now() < patience) {
      await waitForChange(store.changes, wait, [session.id], patience - now());
      seen = await lookAgain(session, want);
    }
    if (seen) return seen;
    await sessions.end(session.id, 'refused');
    return { kind: 'ended', reason: 'refused' };
  }

  /** One request, and one more with the same refresh token where the answer was lost. */
  async function ask(provider: Provider, refreshToken: string, resource: string): Promise<Outcome<TokenSet>> {
    const wanted = resource === '' ? null : resource;
    const first = await provider.refresh(refreshToken, wanted);
    return first.ok || meaningOf(first.failure) !== 'answer_lost'
      ? first
      : provider.refresh(refreshToken, wanted);
  }

  /** Stores the new tokens before anybody uses them. */
  async function commit(
    provider: Provider,
    session: Session,
    want: TokenWant,
    grant: Grant,
    tokens: TokenSet,
  ): Promise<FlightResult> {
    if (want.provider === session.record.provider && !sameIdentity(tokens, session.record)) {
      audit({
        event: 'token.refresh_failed',
        provider: want.provider,
        session: shortSession(session.id),
        code: 'invalid_id_token',
        detail: 'the refreshed ID token is about somebody else',
      });
      await sessions.end(session.id, 'refused');
      return { kind: 'ended', reason: 'refused' };
    }
    const stored = await stubbornly(wait, () =>
      sessions.replaceGrant(session, want.provider, grantAfter(grant, tokens, want.resource)),
    );
    if (stored.kind === 'stored')
      return { kind: 'refreshed', session: stored.session, resource: want.resource };
    if (stored.kind === 'late') return { kind: 'moved', session: stored.session };
    // Sign-out won: what came back meanwhile belongs to nobody.
    if (tokens.refreshToken !== null) await provider.revoke(tokens.refreshToken);
    return { kind: 'ended', reason: stored.reason };
  }

  /** Undefined while the grant is still the one at hand. */
  async function lookAgain(session: Session, want: TokenWant): Promise<FlightResult | undefined> {
    const current = await sessions.reload(session);
    if (current.kind === 'none') return { kind: 'ended', reason: current.reason };
    const [now, before] = [current.session, session].map(
      (one) => one.record.grants[want.provider]?.generation,
    );
    return now === before ? undefined : { kind: 'moved', session: current.session };
  }

  function remember(name: string, trouble: { failures: number; until: number }): void {
    if (troubled.size >= 10_000) troubled.clear();
    troubled.set(name, trouble);
  }

  return {
    fly,
    async idle() {
      await Promise.allSettled(underway.values());
    },
  };
}

/** A rotated token that is not stored is lost, so a store that stumbles is asked again. */
async function stubbornly(wait: Wait, store: () => Promise<Stored>): Promise<Stored> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await store();
    } catch (error) {
      if (failures >= 4) throw error;
      await wait(100 * 2 ** failures);
    }
  }
}
