import { randomBytes } from 'node:crypto';
import type { SignedOutReason } from '@coatcheck/protocol';
import { type Audit, shortSession } from '../observe/audit.ts';
import type { Wait } from '../observe/wait.ts';
import type { Outcome } from '../provider/failure.ts';
import type { Provider, TokenSet } from '../provider/provider.ts';
import type { SessionManager } from '../session/manager.ts';
import type { Grant } from '../session/record.ts';
import type { Session, Stored } from '../session/session.ts';
import type { EndReason, LeaseAnswer, LeaseStore, Store } from '../store/store.ts';
import { createLeaseWatch } from './lease-watch.ts';
import { grantAfter, leaseLifeFor, longestAnswer, meaningOf, timeToCommit } from './policy.ts';
import { objectionTo, refreshedAccount } from './refreshed-account.ts';
import { requestFor, type TokenRequest } from './token-request.ts';
import type { TokenWant } from './token-want.ts';
import { createTroubles } from './troubles.ts';
import { waitForChange } from './waiting.ts';

export interface FlightParts {
  readonly store: Store;
  readonly sessions: SessionManager;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly audit: Audit;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds that only ever grow. */
  readonly monotonic: () => number;
  readonly wait: Wait;
}

/** How one flight ended. `moved`: somebody else changed the session; look at it again. */
export type FlightResult =
  | { readonly kind: 'refreshed'; readonly session: Session; readonly got: TokenWant }
  | { readonly kind: 'moved'; readonly session: Session }
  | { readonly kind: 'ended'; readonly reason: SignedOutReason }
  /** The provider gives no such token. */
  | { readonly kind: 'denied' }
  /** The session has no account of the provider, or has it no more. */
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'unavailable'; readonly session: Session; readonly retryAfter: number };

/** A lease that this process has. */
interface Hold {
  readonly name: string;
  readonly holder: string;
  readonly lease: LeaseAnswer & { readonly acquired: true };
  /** When it ends, as the store has it: tells it from the next one of this name. */
  readonly end: number;
  /** Milliseconds. */
  readonly leaseLife: number;
  /** By the monotonic clock: after it others take this process for dead. */
  readonly deadline: number;
}

/** How long a rotated token is kept where the store is down. Milliseconds. */
const keptUnstored = 300_000;

/** For so long a lease that was seen is surely still the same. Milliseconds. */
const surelyTheSame = 1_000;

/** A time before every lease's end: whoever has one keeps it. */
const held = 0;

/**
 * One refresh at a time per (session, provider grant): in this process by a shared promise, over all processes by a
 * lease in the store. The grant has one refresh token, however many resources wait for it.
 */
export function createFlight(parts: FlightParts): {
  fly(session: Session, want: TokenWant): Promise<FlightResult>;
  idle(): Promise<void>;
} {
  const { store, sessions, providers, audit, now, monotonic, wait } = parts;
  const underway = new Map<string, Promise<FlightResult>>();
  const watched = createLeaseWatch(now, monotonic);
  const troubles = createTroubles(now);

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
    const provider = providers.get(want.home ?? want.provider);
    if (!provider) return { kind: 'unavailable', session, retryAfter: 60 };
    const trouble = troubles.of(name, want);
    if (trouble?.denied) return { kind: 'denied' };
    if (trouble) {
      return { kind: 'unavailable', session, retryAfter: Math.ceil((trouble.until - now()) / 1_000) };
    }
    const leaseLife = leaseLifeFor(longestAnswer(provider.settings));
    const holder = randomBytes(12).toString('base64url');
    let askedAt = monotonic();
    let deadline = askedAt + leaseLife;
    let isDoubtful = false;
    let end = watched.end(leaseLife);
    let lease = await acquire(name, holder, held, end);
    while (!lease.acquired) {
      const patience = watched.left(name, lease.expiresAt, leaseLife);
      if (patience > 0) {
        await waitForChange(store.changes, wait, [name, session.id], patience);
        const seen = await lookAgain(session, want);
        if (seen) return seen;
        askedAt = monotonic();
      }
      deadline = monotonic() + leaseLife;
      end = watched.end(leaseLife);
      lease = await acquire(name, holder, patience > 0 ? held : lease.expiresAt, end);
      isDoubtful = patience <= 0 && monotonic() - askedAt > surelyTheSame;
    }
    watched.forget(name);
    // Then it may have been a new one, by a clock that is behind: its holder's time is left to it.
    if (isDoubtful) return { kind: 'moved', session };
    try {
      const seen = await lookAgain(session, want);
      if (seen) return seen;
      return await refresh({ name, holder, lease, end, leaseLife, deadline }, provider, session, want);
    } finally {
      await release(name, holder);
    }
  }

  async function acquire(...request: Parameters<LeaseStore['acquire']>): Promise<LeaseAnswer> {
    try {
      return await store.leases.acquire(...request);
    } catch (error) {
      // The answer that did not come may have been a yes.
      void release(request[0], request[1]);
      throw error;
    }
  }

  /** A lease that cannot be given back ends by itself. */
  function release(name: string, holder: string): Promise<void> {
    return store.leases.release(name, holder).catch(() => undefined);
  }

  async function refresh(
    hold: Hold,
    provider: Provider,
    session: Session,
    want: TokenWant,
  ): Promise<FlightResult> {
    const { name, holder, lease } = hold;
    const grant = session.record.grants[want.provider];
    const request = grant && requestFor(provider, session.record, grant, want, now());
    if (!grant) return { kind: 'disconnected' };
    if (!request)
      return grant.account ? disconnect('expired', session, want) : { kind: 'ended', reason: 'expired' };
    const marked = await store.leases.markAttempt(name, holder);
    // A process that was stopped here must not send: another may have taken over, and the server would see a theft.
    const answerTime = longestAnswer(provider.settings);
    if (!marked || hold.deadline - monotonic() < answerTime) {
      return (await lookAgain(session, want)) ?? { kind: 'moved', session };
    }

    const startedAt = now();
    const answer = await ask(hold, answerTime, request);
    const about = { provider: want.provider, session: shortSession(session.id) } as const;
    if (answer.ok) {
      troubles.forget(name);
      audit({ event: 'token.refreshed', ...about, milliseconds: now() - startedAt });
      return commit(hold, provider, session, request.want, grant, answer.value);
    }
    const { failure } = answer;
    audit({ event: 'token.refresh_failed', ...about, code: failure.kind, detail: failure.detail });
    const meaning = meaningOf(failure, request.want.by);
    if (meaning !== 'refused') {
      const pause = troubles.remember(name, want, failure, meaning === 'denied');
      // Whoever took over from a process that stood still may have got what this one did not.
      const seen = await lookAgain(session, want);
      if (seen || meaning === 'denied') return seen ?? { kind: 'denied' };
      return { kind: 'unavailable', session, retryAfter: Math.ceil(pause / 1_000) };
    }
    return lease.afterAttempt ? endUnlessStored(hold, session, want) : endAs('refused', session, want);
  }

  /**
   * The holder before this one may have got the new tokens for the token that was refused here, and still store them:
   * it has the better part of one more life for that. The lease is held meanwhile, so that nobody sends that token again.
   */
  async function endUnlessStored(hold: Hold, session: Session, want: TokenWant): Promise<FlightResult> {
    const { name, leaseLife } = hold;
    const holder = randomBytes(12).toString('base64url');
    const until = monotonic() + leaseLife - timeToCommit;
    const kept = await acquire(name, holder, hold.end, Math.max(watched.end(leaseLife), hold.end + 1));
    if (!kept.acquired) return (await lookAgain(session, want)) ?? { kind: 'moved', session };
    try {
      return (await changeBefore(until, session, want)) ?? (await endAs('refused', session, want));
    } finally {
      await release(name, holder);
    }
  }

  /** Somebody else may have been quicker, with another reason. */
  async function endAs(reason: EndReason, session: Session, want: TokenWant): Promise<FlightResult> {
    if (session.record.grants[want.provider]?.account) return disconnect(reason, session, want);
    if (await sessions.end(session.id, reason)) return { kind: 'ended', reason };
    return (await lookAgain(session, want)) ?? { kind: 'ended', reason };
  }

  /** A connected account whose grant is over leaves the session as it is otherwise. */
  async function disconnect(reason: EndReason, session: Session, want: TokenWant): Promise<FlightResult> {
    const done = await sessions.disconnect(session, want.provider, reason);
    if (done.kind === 'stored') return { kind: 'disconnected' };
    if (done.kind === 'late') return { kind: 'moved', session: done.session };
    return { kind: 'ended', reason: done.reason };
  }

  /** One request, and one more with the same token where the answer was lost and there is time for it. */
  async function ask(hold: Hold, answerTime: number, request: TokenRequest): Promise<Outcome<TokenSet>> {
    const first = await request.send();
    if (first.ok || meaningOf(first.failure, request.want.by) !== 'answer_lost') return first;
    return hold.deadline - monotonic() < answerTime ? first : request.send();
  }

  /** Stores the new tokens before anybody uses them. */
  async function commit(
    hold: Hold,
    provider: Provider,
    session: Session,
    want: TokenWant,
    grant: Grant,
    tokens: TokenSet,
  ): Promise<FlightResult> {
    const objection = objectionTo(provider.settings, session.record, grant, tokens);
    if (objection) {
      const { reason, code, detail } = objection;
      const about = { provider: want.provider, session: shortSession(session.id) };
      audit({ event: 'token.refresh_failed', ...about, code, detail });
      if (reason === 'revoked' && provider.settings.logout.revoke) await provider.revoke(tokens);
      return endAs(reason, session, want);
    }
    const stored = await stubbornly(parts, () => replace(hold, provider, session, want, grant, tokens));
    if (stored.kind === 'stored') return { kind: 'refreshed', session: stored.session, got: want };
    const isGone = stored.kind === 'gone' || stored.session.record.grants[want.provider] === undefined;
    if (stored.kind === 'late' && !isGone) return { kind: 'moved', session: stored.session };
    // Sign-out won: what came back meanwhile belongs to nobody.
    if (provider.settings.logout.revoke) await provider.revoke(tokens);
    return stored.kind === 'gone' ? { kind: 'ended', reason: stored.reason } : { kind: 'disconnected' };
  }

  /** Puts the new tokens into the grant, even over what the holder before this one stored late: that is older. */
  async function replace(
    hold: Hold,
    provider: Provider,
    session: Session,
    want: TokenWant,
    grant: Grant,
    tokens: TokenSet,
  ): Promise<Stored> {
    const { grant: before, identity } = refreshedAccount(provider.settings, session.record, grant, tokens);
    const after = grantAfter(before, tokens, want);
    const stored = await sessions.replaceGrant(session, want.provider, after, identity);
    if (stored.kind !== 'late' || !hold.lease.afterAttempt) return stored;
    const theirs = stored.session.record.grants[want.provider];
    const isOurs = theirs && (await store.leases.markAttempt(hold.name, hold.holder));
    return isOurs ? replace(hold, provider, stored.session, want, theirs, tokens) : stored;
  }

  /** What others make of the grant until then; looks at least once. @param end by the monotonic clock */
  async function changeBefore(
    end: number,
    session: Session,
    want: TokenWant,
  ): Promise<FlightResult | undefined> {
    let seen = await lookAgain(session, want);
    while (!seen && monotonic() < end) {
      await waitForChange(store.changes, wait, [session.id], end - monotonic());
      seen = await lookAgain(session, want);
    }
    return seen;
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

  return {
    fly,
    async idle() {
      await Promise.allSettled(underway.values());
    },
  };
}

/**
 * A rotated token that is not stored is lost, so a store that is down is asked until it is back: no other process can
 * take the lease meanwhile.
 */
async function stubbornly(
  { wait, monotonic }: Pick<FlightParts, 'wait' | 'monotonic'>,
  store: () => Promise<Stored>,
): Promise<Stored> {
  const giveUpAt = monotonic() + keptUnstored;
  for (let pause = 50; ; pause = Math.min(2 * pause, 200)) {
    try {
      return await store();
    } catch (error) {
      if (monotonic() >= giveUpAt) throw error;
      await wait(pause);
    }
  }
}
