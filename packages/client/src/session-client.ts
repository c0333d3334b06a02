import {
  channelName,
  defaultBasePath,
  type Paths,
  pathsUnder,
  type SessionView,
  type SignedOutReason,
} from '@coatcheck/protocol';
import { parseLogoutView, parseSessionView } from './answers.ts';
import { type ApiFetch, createApiFetch } from './api-fetch.ts';
import { type AutomaticLogin, automaticLogins } from './automatic-login.ts';
import { CoatcheckError, networkError, unexpectedAnswer } from './errors.ts';
import { type LoginOptions, loginUrl } from './login-url.ts';
import { currentPage, type Page } from './page.ts';
import { nextDeadline, type Session, sessionAfterFailure, sessionFrom } from './session.ts';
import { shareReads } from './shared-read.ts';
import { watchPage } from './watch-page.ts';

export interface SessionClientOptions {
  /** The BFF's prefix, without a trailing slash. Default `/bff`. */
  basePath?: string;
  /** Tabs tell each other when the session changes. Default true. */
  crossTab?: boolean;
  /** Ask again when the person comes back to the page, at most every 5 s. Default true. */
  refetchOnFocus?: boolean;
  /** The server's answer where it is already known (server rendering); saves the first call. */
  initialSession?: SessionView;
  /** The person who was signed in no longer is, here or in another tab: drop what was loaded for them. */
  onSignedOut?: () => void;
  /** Default: the page's own. */
  fetch?: typeof fetch;
  /** Default: the page in which this runs. Tests stand in for it. */
  page?: Page;
}

export interface LogoutOptions {
  /** End the session here and stay signed in at the provider. */
  local?: boolean | undefined;
  /** End all of this person's sessions, on other devices too. */
  everywhere?: boolean | undefined;
  /** Where the provider's sign-out leads back to: a path on this origin. Default `/`. */
  returnTo?: string | undefined;
}

/** The session of one page. Every function can be passed around on its own. */
export interface SessionClient {
  /** The BFF's paths, for example for a plain `<form method="post" action={client.paths.logout}>`. */
  readonly paths: Paths;
  getState(): Session;
  /** The state at creation, for the first render on a server and its hydration. */
  getInitialState(): Session;
  /** Calls the listener after each change; the returned function ends that. */
  subscribe(listener: () => void): () => void;
  /** Asks the server unless it has answered before; callers at the same time share one call. Never rejects. */
  load(): Promise<Session>;
  /** Asks the server again. Never rejects: a failure is in the state. */
  refetch(): Promise<Session>;
  /** Leaves this page to sign in, and comes back to it. */
  login(options?: LoginOptions): void;
  loginUrl(options?: LoginOptions): string;
  /** For guards: where to send a browser that needs a session, at most once for one landing. */
  automaticLogin(options: LoginOptions & { returnTo: string }): AutomaticLogin;
  /** Ends the session, then leaves for the provider's sign-out where there is one. Never rejects. */
  logout(options?: LogoutOptions): Promise<Session>;
  /** “Stay signed in”: the idle time starts anew. Never rejects. */
  extend(): Promise<Session>;
  /** `fetch` through the BFF: throws a `CoatcheckError` where the BFF itself refused, else answers as fetch does. */
  fetch: ApiFetch;
  /** Stops listening to the page and to other tabs. */
  close(): void;
}

/** A session this young was started by the sign-in that just brought the browser here. */
const justSignedIn = 30_000;
const readTimeout = 10_000;
/** Signing out waits for the provider to revoke, so it may take longer. */
const logoutTimeout = 30_000;

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
  const { basePath = defaultBasePath, crossTab = true, refetchOnFocus = true } = options;
  const { onSignedOut = () => {}, page = currentPage() } = options;
  const send: typeof fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init));
  const paths = pathsUnder(basePath);
  const logins = automaticLogins(page, basePath);
  const call = createApiFetch(send, page);
  const reads = shareReads(readOnce);
  const listeners = new Set<() => void>();

  const initial: Session =
    options.initialSession === undefined
      ? { status: 'loading' }
      : sessionFrom(options.initialSession, page.now(), { status: 'loading' });
  let state = initial;
  /** Whose data the page may hold. */
  let subject = initial.status === 'signed-in' ? initial.user.sub : null;
  /** Grows when what a read under way will bring must not be shown. */
  let epoch = 0;
  /** Why the session ended, told before the server was asked. */
  let reasonHint: SignedOutReason | null = null;
  let lastRead: number | null = options.initialSession === undefined ? null : page.now();
  let cancelDeadline = () => {};
  let isClosed = false;

  function change(next: Session): Session {
    if (next === state) return state;
    state = next;
    awaitDeadline();
    const isOther = state.status === 'signed-in' ? state.user.sub !== subject : state.status === 'signed-out';
    if (isOther) {
      const hadSubject = subject !== null;
      subject = state.status === 'signed-in' ? state.user.sub : null;
      if (hadSubject) onSignedOut();
    }
    for (const listener of [...listeners]) listener();
    return state;
  }

  function awaitDeadline(): void {
    cancelDeadline();
    const wait = nextDeadline(state, page.now());
    cancelDeadline = wait === null ? () => {} : page.after(wait, () => void reads.join());
  }

  async function readOnce(): Promise<Session> {
    const asked = epoch;
    const isFirst = lastRead === null;
    lastRead = page.now();
    const answer = await askSession();
    if (asked !== epoch) return state;
    if (answer instanceof CoatcheckError) return change(sessionAfterFailure(state, answer, page.now()));
    const session = change(sessionFrom(answer, page.now(), state, reasonHint));
    reasonHint = null;
    logins.settle(session);
    const isNew = session.status === 'signed-in' && page.now() - session.createdAt.getTime() < justSignedIn;
    if (isFirst && isNew) watch.tell({ type: 'changed' });
    return session;
  }

  async function askSession(): Promise<SessionView | CoatcheckError> {
    try {
      const response = await call(paths.session, {
        cache: 'no-store',
        signal: AbortSignal.timeout(readTimeout),
      });
      const body: unknown = response.ok ? await response.json().catch(() => null) : null;
      return parseSessionView(body) ?? unexpectedAnswer(response.status);
    } catch (error) {
      return error instanceof CoatcheckError ? error : networkError(error);
    }
  }

  /** A call that changes the session; its failure is a value. */
  async function post(path: string, body: object, timeout: number): Promise<Response | CoatcheckError> {
    try {
      const response = await call(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeout),
      });
      return response.ok ? response : unexpectedAnswer(response.status);
    } catch (error) {
      return error instanceof CoatcheckError ? error : networkError(error);
    }
  }

  async function logout({ returnTo, ...wishes }: LogoutOptions = {}): Promise<Session> {
    if (state.status === 'signing-out') return state;
    const before = state;
    epoch += 1;
    const mine = epoch;
    change({ status: 'signing-out' });
    const answer = await post(paths.logout, { ...wishes, return_to: returnTo }, logoutTimeout);
    if (mine !== epoch) return state;
    if (answer instanceof CoatcheckError && answer.code !== 'session_required') {
      return change(sessionAfterFailure(before, answer, page.now()));
    }

    watch.tell({ type: 'signed-out' });
    const body: unknown = answer instanceof Response ? await answer.json().catch(() => null) : null;
    const { redirectTo } = parseLogoutView(body, page.origin);
    if (redirectTo === null) return change({ status: 'signed-out', reason: 'signed-out' });
    // The state stays `signing-out`: a guard that saw `signed-out` now would start a sign-in and win the race.
    if (subject !== null) onSignedOut();
    subject = null;
    page.go(redirectTo);
    return state;
  }

  async function extend(): Promise<Session> {
    const answer = await post(paths.extend, {}, readTimeout);
    if (answer instanceof CoatcheckError && answer.code !== 'session_required') {
      return change(sessionAfterFailure(state, answer, page.now()));
    }
    watch.tell({ type: 'changed' });
    return reads.renew();
  }

  const watch = watchPage(page, crossTab ? channelName(basePath) : null, {
    onFocus() {
      const isDue = lastRead !== null && page.now() - lastRead >= 5_000;
      if (refetchOnFocus && isDue && page.isOnline() && state.status !== 'signing-out') void reads.join();
    },
    onOnline() {
      const isInDoubt = state.status === 'unavailable' || (state.status === 'signed-in' && state.stale);
      if (isInDoubt) void reads.join();
    },
    onRestored() {
      // What the cache brought back may belong to a session that is over: nothing shows before the server answers.
      if (lastRead === null) return;
      epoch += 1;
      if (subject !== null) reasonHint = 'signed-out';
      change({ status: 'loading' });
      void reads.renew();
    },
    onChanged(message) {
      if (lastRead === null || state.status === 'signing-out') return;
      if (message.type === 'signed-out' && state.status === 'signed-in') reasonHint = 'signed-out';
      void reads.renew();
    },
  });

  awaitDeadline();
  return {
    paths,
    getState: () => state,
    getInitialState: () => initial,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      if (state.status === 'unavailable') await reads.join();
      // An answer that came too late to be shown (see epoch) is followed by another read.
      while (state.status === 'loading' && !isClosed) await reads.join();
      return state;
    },
    refetch: async () => (state.status === 'signing-out' ? state : reads.join()),
    login: (login = {}) => page.go(loginUrl(basePath, login, page.here())),
    loginUrl: (login = {}) => loginUrl(basePath, login, page.here()),
    automaticLogin: (login) => logins.start(login),
    logout,
    extend,
    fetch: createApiFetch(send, page, ({ reason }) => {
      // Once is enough: asking again while signed out would turn a view that retries into a loop.
      if (state.status !== 'signed-in') return;
      if (reason !== undefined && reason !== 'none') reasonHint = reason;
      void reads.renew();
    }),
    close() {
      isClosed = true;
      epoch += 1;
      cancelDeadline();
      watch.stop();
      listeners.clear();
    },
  };
}
