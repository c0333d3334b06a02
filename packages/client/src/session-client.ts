import {
  channelName,
  defaultBasePath,
  pathsUnder,
  type SessionEvent,
  type SessionView,
  type SignedOutReason,
} from '@coatcheck/protocol';
import { parseLogoutView, parseSessionView } from './answers.ts';
import { createApiFetch } from './api-fetch.ts';
import { createAsk, jsonOf } from './ask.ts';
import { automaticLogins } from './automatic-login.ts';
import { createConnections } from './connections.ts';
import type { LogoutOptions, SessionClient, SessionClientOptions } from './contract.ts';
import { createDeviceSessions } from './device-sessions.ts';
import { CoatcheckError, unexpectedAnswer } from './errors.ts';
import { openEventLink } from './event-link.ts';
import { loginUrl } from './login-url.ts';
import { currentPage } from './page.ts';
import { aboutToExpire, type Session, sessionAfterFailure, sessionFrom } from './session.ts';
import { createSessionStore } from './session-store.ts';
import { shareReads } from './shared-read.ts';
import { loginOf } from './step-up.ts';
import { createStreamOwner } from './stream-owner.ts';
import type { RelayedEvent } from './tab-message.ts';
import { watchPage } from './watch-page.ts';

/** A session this young was started by the sign-in that just brought the browser here. */
const justSignedIn = 30_000;
/** Signing out waits for the provider to revoke, so it may take longer than other calls. Milliseconds. */
const logoutTimeout = 30_000;
/** What the server said this short a time ago still holds. Milliseconds. */
const freshness = 1_000;

/**
 * Knows who is signed in, keeps that true, and calls APIs through the BFF. There is no way to get a token from
 * it, and that is its point: what script cannot reach, injected script cannot steal.
 *
 * @example
 * const client = createSessionClient({ onSignedOut: () => queryClient.clear() });
 * const session = await client.load();
 * if (session.status === 'signed-in') greet(session.user.name);
 */
export function createSessionClient(options: SessionClientOptions = {}): SessionClient {
  const { basePath = defaultBasePath, crossTab = true, events = true, refetchOnFocus = true } = options;
  const { onSignedOut = () => {}, page = currentPage(), initialSession } = options;
  const send: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const paths = pathsUnder(basePath);
  const logins = automaticLogins(page, basePath);
  const call = createApiFetch(send, page);
  const ask = createAsk(call);
  const reads = shareReads(readOnce);

  const initial: Session =
    initialSession === undefined
      ? { status: 'loading' }
      : sessionFrom(initialSession, page.now(), { status: 'loading' });
  const store = createSessionStore(page, initial, () => void reads.join(), onSignedOut);
  /** Which session is shown: when it began, by the server's clock. */
  let shown = initialSession?.authenticated ? initialSession.createdAt : null;
  /** Grows when what a read under way will bring must not be shown. */
  let epoch = 0;
  /** Grows with each event, which a read under way may have been answered before. */
  let news = 0;
  /** Why the session ended, told before the server was asked. */
  let reasonHint: SignedOutReason | null = null;
  let lastRead: number | null = initialSession === undefined ? null : page.now();
  let isClosed = false;

  function change(next: Session): Session {
    store.set(next);
    const { status } = store.get();
    // Kept while signing out: the end of the session is news for the other tabs.
    owner.want(
      !isClosed && events && watch.hasChannel && (status === 'signed-in' || status === 'signing-out'),
    );
    return store.get();
  }

  /** Shows what the server said, at a time in milliseconds since the epoch. */
  function take(view: SessionView, at: number): Session {
    const session = sessionFrom(view, at, store.get(), reasonHint);
    reasonHint = null;
    shown = view.authenticated ? view.createdAt : null;
    change(session);
    logins.settle(session);
    return session;
  }

  async function readOnce(): Promise<Session> {
    const asked = epoch;
    const known = news;
    const isFirst = lastRead === null;
    lastRead = page.now();
    const answer = await askSession();
    if (asked !== epoch) return store.get();
    if (known !== news) return readOnce();
    if (answer instanceof CoatcheckError) return change(sessionAfterFailure(store.get(), answer, page.now()));
    const session = take(answer, page.now());
    const isNew = session.status === 'signed-in' && page.now() - session.createdAt.getTime() < justSignedIn;
    if (isFirst && isNew) watch.tell({ type: 'changed' });
    return session;
  }

  async function askSession(): Promise<SessionView | CoatcheckError> {
    const answer = await ask(paths.session, {});
    if (answer instanceof CoatcheckError) return answer;
    const view = parseSessionView(await jsonOf(answer));
    // The server tells the reason once, and this answer may be one that comes too late to be shown.
    if (view?.authenticated === false && view.reason !== 'none') reasonHint = view.reason;
    return view ?? unexpectedAnswer(answer.status);
  }

  /** Before the events are listened to: does the session still stand? What cannot be asked is no news. */
  async function stands(isFirst: boolean): Promise<boolean> {
    if (store.get().status !== 'signed-in') return false;
    if (isFirst && lastRead !== null && page.now() - lastRead < freshness) return true;
    const asked = epoch + news;
    const answer = await askSession();
    if (answer instanceof CoatcheckError || asked !== epoch + news) return false;
    lastRead = page.now();
    if (answer.authenticated) return take(answer, page.now()).status === 'signed-in';
    const session = sessionFrom(answer, page.now(), store.get(), reasonHint);
    if (session.status === 'signed-out' && shown !== null)
      publish({ type: 'ended', reason: session.reason }, shown);
    return false;
  }

  /** Tells all tabs, this one included, what the server said about a session. */
  function publish(event: SessionEvent, session: string): void {
    const message: RelayedEvent = { type: 'event', session, at: page.now(), event };
    watch.tell(message);
    hear(message);
  }

  function hear({ session, at, event }: RelayedEvent): void {
    const state = store.get();
    if (state.status === 'loading' || state.status === 'signing-out') return;
    if (state.status !== 'signed-in' || session !== shown) {
      // About a session that this page does not show: nothing is believed of it. An end of it changes nothing here.
      if (event.type !== 'ended') void reads.renew();
      return;
    }
    news += 1;
    if (event.type === 'ended') {
      change({ status: 'signed-out', reason: event.reason });
    } else if ('session' in event) {
      lastRead = at;
      take(event.session, at);
      if (event.type === 'about-to-expire') change(aboutToExpire(store.get(), page.now()));
    }
  }

  const owner = createStreamOwner({
    page,
    lockName: channelName(basePath),
    tell: (message) => watch.tell(message),
    openLink() {
      let session = shown;
      return openEventLink({
        page,
        open: (signal) => call(paths.events, { signal, cache: 'no-store', priority: 'low' }),
        stands,
        onEvent(event) {
          if ('session' in event) session = event.session.createdAt;
          // After these two, the link connects again, which shows what is new.
          if (event.type === 'replaced' || event.type === 'reconnect' || session === null) return;
          publish(event, session);
        },
      });
    },
  });

  async function logout({ returnTo, ...wishes }: LogoutOptions = {}): Promise<Session> {
    const before = store.get();
    if (before.status === 'signing-out') return before;
    epoch += 1;
    const mine = epoch;
    change({ status: 'signing-out' });
    const answer = await ask(paths.logout, {
      method: 'POST',
      body: { ...wishes, return_to: returnTo },
      timeout: logoutTimeout,
    });
    if (mine !== epoch) return store.get();
    if (answer instanceof CoatcheckError && answer.code !== 'session_required') {
      return change(sessionAfterFailure(before, answer, page.now()));
    }

    watch.tell({ type: 'signed-out' });
    const body = answer instanceof Response ? await jsonOf(answer) : null;
    const { redirectTo } = parseLogoutView(body, page.origin);
    if (redirectTo === null) return change({ status: 'signed-out', reason: 'signed-out' });
    // The state stays `signing-out`: a guard that saw `signed-out` now would start a sign-in and win the race.
    store.dropPerson();
    page.go(redirectTo);
    return store.get();
  }

  async function extend(): Promise<Session> {
    const answer = await ask(paths.extend, { method: 'POST' });
    if (answer instanceof CoatcheckError) {
      if (answer.code === 'session_required') return reads.renew();
      return change(sessionAfterFailure(store.get(), answer, page.now()));
    }
    const view = parseSessionView(await jsonOf(answer));
    if (!view?.authenticated)
      return change(sessionAfterFailure(store.get(), unexpectedAnswer(answer.status), page.now()));
    publish({ type: 'extended', session: view }, view.createdAt);
    return store.get();
  }

  const watch = watchPage(page, crossTab ? channelName(basePath) : null, {
    onFocus() {
      if (lastRead === null) return;
      owner.look();
      const isDue = page.now() - lastRead >= 5_000 && !owner.isLive();
      if (refetchOnFocus && isDue && page.isOnline() && store.get().status !== 'signing-out')
        void reads.join();
    },
    onOnline() {
      const state = store.get();
      owner.look();
      const isInDoubt = state.status === 'unavailable' || (state.status === 'signed-in' && state.stale);
      if (isInDoubt) void reads.join();
    },
    onSuspended: () => owner.want(false),
    onRestored() {
      // What the cache brought back may belong to a session that is over: nothing shows before the server answers.
      if (lastRead === null) return;
      epoch += 1;
      if (store.holdsPerson()) reasonHint = 'signed-out';
      change({ status: 'loading' });
      void reads.renew();
    },
    onResumed() {
      if (lastRead === null || store.get().status === 'signing-out') return;
      change(store.get());
      void reads.renew();
    },
    onMessage(message) {
      if (lastRead === null) return;
      switch (message.type) {
        case 'event':
          return hear(message);
        case 'who-listens':
        case 'listening':
          return owner.hear(message);
      }
      const { status } = store.get();
      if (status === 'signing-out' || (status === 'signed-out' && message.type === 'signed-out')) return;
      if (message.type === 'signed-out' && status === 'signed-in') reasonHint = 'signed-out';
      void reads.renew();
    },
  });
  change(initial);

  const apiFetch = createApiFetch(send, page, ({ reason }) => {
    // Once is enough: asking again while signed out would turn a view that retries into a loop.
    if (store.get().status !== 'signed-in') return;
    if (reason !== undefined && reason !== 'none') reasonHint = reason;
    void reads.renew();
  });

  const connections = createConnections(createAsk(apiFetch), page, paths, () => reads.renew());

  return {
    paths,
    getState: store.get,
    getInitialState: () => initial,
    subscribe: store.subscribe,
    async load() {
      if (store.get().status === 'unavailable') await reads.join();
      // An answer that came too late to be shown (see epoch) is followed by another read.
      while (store.get().status === 'loading' && !isClosed) await reads.join();
      return store.get();
    },
    refetch: async () => (store.get().status === 'signing-out' ? store.get() : reads.join()),
    login: (login = {}) => page.go(loginUrl(basePath, login, page.here())),
    loginUrl: (login = {}) => loginUrl(basePath, login, page.here()),
    async stepUp(step, returnTo) {
      if (step.kind === 'connection') return connections.connect(step.provider, returnTo);
      page.go(loginUrl(basePath, loginOf(step, returnTo), page.here()));
    },
    automaticLogin: (login) => logins.start(login),
    logout,
    extend,
    ...connections,
    ...createDeviceSessions(createAsk(apiFetch), paths.sessions, page.now, () => {
      reasonHint = 'revoked';
      return reads.renew();
    }),
    fetch: apiFetch,
    close() {
      isClosed = true;
      epoch += 1;
      owner.want(false);
      watch.stop();
      store.close();
    },
  };
}
