import type { SignedOutReason } from '@coatcheck/protocol';
import type { Provider } from '../provider/provider.ts';
import type { SessionManager } from '../session/manager.ts';
import type { AccessToken } from '../session/record.ts';
import type { Session } from '../session/session.ts';
import type { EndReason } from '../store/store.ts';
import { createFlight, type FlightParts } from './flight.ts';
import { tokenStanding } from './policy.ts';
import { createStandstill, type Standstill } from './standstill.ts';
import { signInWant, slotOf, type TokenWant, tokenIn, wantFor } from './token-want.ts';

/** A token to send, or why there is none. */
export type TokenAnswer =
  | { readonly kind: 'token'; readonly token: AccessToken; readonly session: Session }
  | { readonly kind: 'ended'; readonly reason: SignedOutReason }
  /** The session stays, but the provider gives it no such token. */
  | { readonly kind: 'denied' }
  /** The session has no account of the provider. */
  | { readonly kind: 'disconnected'; readonly provider: string }
  /** @property retryAfter seconds */
  | { readonly kind: 'unavailable'; readonly retryAfter: number };

/** Gets access tokens that are good to send, refreshing them where needed. */
export interface Refresher {
  /** The token if it needs no refresh; no I/O. */
  peek(session: Session, want: TokenWant): AccessToken | undefined;
  /** Refreshes where needed; rejects only when the store fails. */
  obtain(session: Session, want: TokenWant): Promise<TokenAnswer>;
  /**
   * A token other than the one that a resource server just refused: the newer one if there is one, else the result of
   * a refresh; `undefined` where the refused one is too young to blame.
   */
  replace(session: Session, want: TokenWant, refused: AccessToken): Promise<TokenAnswer | undefined>;
  /**
   * After the API of its own provider refused a token: a newer one, or the result of a refresh. With nothing to refresh
   * it with, that was the provider's last word on the grant.
   */
  refuse(session: Session, want: TokenWant, refused: AccessToken): Promise<TokenAnswer>;
  /** Whether a token that was just refused is worth replacing: it is not too young to blame, or a newer one is known. */
  isReplaceable(session: Session, want: TokenWant, refused: AccessToken): boolean;
  /** Does something while none of a session's grants is refreshed, by whatever process. */
  readonly standstill: Standstill;
  /** Resolves when no refresh is under way, so that a rotated token is not lost at shutdown. */
  idle(): Promise<void>;
}

/** A token refused sooner than this after receipt is not refused for its age. Milliseconds. */
const tooYoungToBlame = 30_000;

/** How long a call waits for a refresh while the old token is still good. Milliseconds. */
const patience = 2_000;

/** How long a call waits for a refresh that it cannot do without. Milliseconds. */
const longestWait = 30_000;

/** How often a call joins other calls' refreshes before it gives up; each changes the state it looks at. */
const mostRounds = 8;

export interface RefresherParts extends FlightParts {
  readonly sessions: SessionManager;
  readonly providers: ReadonlyMap<string, Provider>;
}

export function createRefresher(parts: RefresherParts): Refresher {
  const { sessions, providers, now } = parts;
  const flight = createFlight(parts);

  const tokenOf = (session: Session, want: TokenWant) => tokenIn(session.record.grants[want.provider], want);

  function peek(session: Session, want: TokenWant): AccessToken | undefined {
    const token = tokenOf(session, want);
    return tokenStanding(token, now()) === 'fresh' ? token : undefined;
  }

  /** Refreshes until a token is there that `good` accepts, joining what is under way. */
  async function until(
    start: Session,
    want: TokenWant,
    good: (token: AccessToken | undefined) => token is AccessToken,
  ): Promise<TokenAnswer> {
    let session = start;
    for (let round = 0; round < mostRounds; round += 1) {
      const token = tokenOf(session, want);
      if (good(token)) return { kind: 'token', token, session };
      const done = await flight.fly(session, want);
      if (done.kind === 'ended' || done.kind === 'denied') return done;
      if (done.kind === 'disconnected') return { ...done, provider: want.provider };
      if (done.kind === 'unavailable') {
        const old = tokenOf(done.session, want);
        return old && tokenStanding(old, now()) !== 'dead'
          ? { kind: 'token', token: old, session: done.session }
          : { kind: 'unavailable', retryAfter: done.retryAfter };
      }
      session = done.session;
      const brought = done.kind === 'refreshed' ? tokenOf(session, want) : undefined;
      // What was just received is used, however short its life: refreshing again would go on for ever. If it died since,
      // this process stood still.
      const isOld =
        brought && brought.expiresAt > brought.receivedAt && tokenStanding(brought, now()) === 'dead';
      if (brought && !isOld && done.kind === 'refreshed' && slotOf(done.got) === slotOf(want)) {
        return { kind: 'token', token: brought, session };
      }
    }
    return { kind: 'unavailable', retryAfter: 1 };
  }

  /**
   * Nobody waits for ever; and while an old token lives, a provider that is slow to answer holds nobody up for long.
   *
   * @param old the token to fall back on, if there is one
   */
  async function inTime(
    answer: Promise<TokenAnswer>,
    session: Session,
    old: AccessToken | undefined,
  ): Promise<TokenAnswer> {
    const isAlive = () => tokenStanding(old, now()) !== 'dead';
    const within = async (milliseconds: number) => {
      const timeout = new AbortController();
      const first = await Promise.race([answer, parts.wait(milliseconds, timeout.signal)]);
      timeout.abort();
      return first;
    };
    /** A store that fails in the middle of a refresh is no reason to refuse what still works. */
    const unlessAlive = (error: unknown) => {
      if (!isAlive()) throw error;
    };
    answer.catch(() => undefined);
    const soon = isAlive() ? await within(patience).catch(unlessAlive) : undefined;
    if (soon) return soon;
    if (old && isAlive()) return { kind: 'token', token: old, session };
    return (await within(longestWait)) ?? { kind: 'unavailable', retryAfter: 1 };
  }

  /** Whether there is anything to get a new token with. */
  function isRenewable(session: Session, want: TokenWant): boolean {
    const grant = session.record.grants[want.provider];
    if (grant?.refreshToken || (grant && want.by === 'assertion')) return true;
    const resources = providers.get(want.provider)?.settings.resources ?? [];
    const subject = tokenIn(grant, signInWant(want.provider, resources));
    return want.by === 'exchange' && tokenStanding(subject, now()) !== 'dead';
  }

  /** Nothing to refresh with: tokens are used while they live, and the session ends with the last of them. */
  async function last(session: Session, want: TokenWant): Promise<TokenAnswer> {
    const { provider } = want;
    const grant = session.record.grants[provider];
    if (!grant) return { kind: 'disconnected', provider };
    const token = tokenOf(session, want);
    if (token && tokenStanding(token, now()) !== 'dead') return { kind: 'token', token, session };
    const others = Object.values(grant.tokens);
    if (others.some((other) => tokenStanding(other, now()) !== 'dead')) return { kind: 'denied' };
    return over(session, provider, 'expired');
  }

  /** A grant that gives no more tokens: the session ends, or where it is a connected account's goes on without it. */
  async function over(session: Session, provider: string, reason: EndReason): Promise<TokenAnswer> {
    if (session.record.grants[provider]?.account) {
      await sessions.disconnect(session, provider, reason);
      return { kind: 'disconnected', provider };
    }
    const ended = await sessions.end(session.id, reason);
    // Somebody else may have been quicker, with another reason.
    const other = ended ? undefined : await sessions.endOf(session.id);
    return { kind: 'ended', reason: other ?? reason };
  }

  /** A token from the future was received by another clock, which says nothing of its age. */
  const isYoung = ({ receivedAt }: AccessToken) =>
    now() >= receivedAt && now() - receivedAt < tooYoungToBlame;

  const isFresh = (token: AccessToken | undefined): token is AccessToken =>
    tokenStanding(token, now()) === 'fresh';

  return {
    peek: (session, asked) => peek(session, wantFor(asked, session.record)),
    async obtain(session, asked) {
      const want = wantFor(asked, session.record);
      const token = peek(session, want);
      if (token) return { kind: 'token', token, session };
      // The state at hand may be older than a refresh that just ended.
      const current = await sessions.reload(session).catch((error: unknown) => {
        const alive = tokenOf(session, want);
        if (!alive || tokenStanding(alive, now()) === 'dead') throw error;
        return alive;
      });
      if (!('kind' in current)) return { kind: 'token', token: current, session };
      if (current.kind === 'none') return { kind: 'ended', reason: current.reason };
      if (!isRenewable(current.session, want)) return last(current.session, want);
      return inTime(until(current.session, want, isFresh), current.session, tokenOf(current.session, want));
    },
    async replace(session, asked, refused) {
      const want = wantFor(asked, session.record);
      const current = await sessions.reload(session);
      if (current.kind === 'none') return { kind: 'ended', reason: current.reason };
      const newest = tokenOf(current.session, want);
      const isOther = newest !== undefined && newest.value !== refused.value;
      if (isOther && tokenStanding(newest, now()) !== 'dead')
        return { kind: 'token', token: newest, session: current.session };
      if (!isRenewable(current.session, want) || (!isOther && isYoung(refused))) return undefined;
      const isBetter = (token: AccessToken | undefined): token is AccessToken =>
        isFresh(token) && token.value !== refused.value;
      return inTime(until(current.session, want, isBetter), current.session, undefined);
    },
    async refuse(session, asked, refused) {
      const want = wantFor(asked, session.record);
      const current = await sessions.reload(session);
      if (current.kind === 'none') return { kind: 'ended', reason: current.reason };
      const isOther = (token: AccessToken | undefined): token is AccessToken =>
        tokenStanding(token, now()) !== 'dead' && token?.value !== refused.value;
      const newest = tokenOf(current.session, want);
      if (isOther(newest)) return { kind: 'token', token: newest, session: current.session };
      if (!isRenewable(current.session, want)) return over(current.session, want.provider, 'refused');
      // Another one would fare no better.
      if (isYoung(refused)) return { kind: 'denied' };
      return inTime(until(current.session, want, isOther), current.session, undefined);
    },
    isReplaceable(session, asked, refused) {
      const want = wantFor(asked, session.record);
      const known = sessions.current(session.id);
      const newest = known && tokenOf(known, want);
      return !isYoung(refused) || (newest !== undefined && newest.value !== refused.value);
    },
    standstill: createStandstill(parts),
    idle: () => flight.idle(),
  };
}
