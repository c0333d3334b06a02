import {
  channelName,
  clientPaths,
  defaultBasePath,
  type SessionView,
  type SignedOutReason,
} from '@coatcheck/protocol';
import { parseRedirect, parseSessionView } from './answers.ts';
import { createApiFetch } from './api-fetch.ts';
import { createAsk, jsonOf } from './ask.ts';
import type { Live, LogoutOptions, SessionClient, SessionClientOptions } from './contract.ts';
import { CoatcheckError, unexpectedAnswer } from './errors.ts';
import { isRecord } from './json.ts';
import { loginUrl } from './login-url.ts';
import { currentPage, type PageChannel } from './page.ts';
import { type Session, sessionAfterFailure, sessionFrom } from './session.ts';
import { shareReads } from './shared-read.ts';

/** A session this young was started by the sign-in that just brought the browser here. */
const justSignedIn = 30_000;

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
  const { crossTab = true, events = true, refetchOnFocus = true } = options;
  const { basePath = defaultBasePath, onSignedOut, page = currentPage(), initialSession } = options;
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const paths = clientPaths(basePath);
  const call = createApiFetch(send, page, ({ reason }) => {
    // Once is enough: asking again while signed out would turn a view that retries into a loop.
    if (state.status === 'signed-in') void renew(reason === 'none' ? undefined : reason);
  });
  // Its refusals are of the session itself: asking again because of them would never end.
  const ask = createAsk(createApiFetch(send, page));
  const reads = shareReads(readOnce);
  const listeners = new Set<() => void>();

  let state: Session = { status: 'loading' };
  /** Whose data the page may hold. */
  let subject: string | null = null;
  /** Why the session ended, told before the server was asked. */
  let hint: SignedOutReason | null = null;
  let lastRead: number | null = null;
  let isClosed = false;
  let live: Live | null = null;
  let isLiveAsked = false;
  let channel: PageChannel | null = null;

  function show(next: Session): Session {
    if (next === state) return state;
    state = next;
    if (state.status === 'signed-in' && state.user.sub !== subject) replaceSubject(state.user.sub);
    if (state.status === 'signed-out') replaceSubject(null);
    for (const listener of listeners) listener();
    follow();
    return state;
  }

  function replaceSubject(next: string | null): void {
    const before = subject;
    subject = next;
    if (before) onSignedOut?.();
  }

  /** What follows the server is loaded when there is somebody to follow. */
  function follow(): void {
    if (state.status !== 'signed-in' || isLiveAsked) return;
    isLiveAsked = true;
    import('./live/live.ts').then(
      ({ startLive }) => {
        if (!isClosed) live = startLive(client, events && channel !== null);
      },
      () => {
        isLiveAsked = false; // without it the session is asked for on focus
      },
    );
  }

  function take(view: SessionView, at = page.now()): Session {
    const session = sessionFrom(view, at, state, hint);
    hint = null;
    lastRead = at;
    return show(session);
  }

  async function readOnce(): Promise<Session> {
    const before = state;
    if (before.status === 'signing-out') return before;
    const isFirst = !lastRead;
    lastRead = page.now();
    const view = await askSession();
    if (isClosed) return state;
    // What was told or done meanwhile is newer than this answer.
    if (state !== before) return readOnce();
    if (view instanceof CoatcheckError) return show(sessionAfterFailure(state, view, page.now()));
    const session = take(view);
    if (isFirst && 'createdAt' in session && page.now() - +session.createdAt < justSignedIn)
      tell({ type: 'changed' });
    return session;
  }

  async function askSession(): Promise<SessionView | CoatcheckError> {
    const answer = await ask(paths.session);
    if (answer instanceof CoatcheckError) return answer;
    const view = parseSessionView(await jsonOf(answer));
    // The server tells the reason once, and this answer may be one that comes too late to be shown.
    if (view?.authenticated === false && view.reason !== 'none') hint = view.reason;
    return view ?? unexpectedAnswer(answer.status);
  }

  function renew(reason?: SignedOutReason): Promise<Session> {
    if (reason) hint = reason;
    return reads.renew();
  }

  async function logout({ returnTo, ...wishes }: LogoutOptions = {}): Promise<Session> {
    const before = state;
    if (before.status === 'signing-out') return before;
    const leaving = show({ status: 'signing-out' });
    const body = { ...wishes, return_to: returnTo };
    const answer = await ask(paths.logout, { method: 'POST', body });
    if (state !== leaving) return state;
    const isOver = answer instanceof CoatcheckError;
    if (isOver && answer.code !== 'session_required')
      return show(sessionAfterFailure(before, answer, page.now()));

    tell({ type: 'signed-out' });
    const target = isOver ? null : parseRedirect(await jsonOf(answer), page.origin);
    if (target === null) return show({ status: 'signed-out', reason: 'signed-out' });
    // The state stays `signing-out`: a guard that saw `signed-out` now would start a sign-in and win the race.
    replaceSubject(null);
    page.go(target);
    return state;
  }

  const tell = (message: object) => channel?.postMessage(message);

  /** No message of these signs anybody in or out: whatever it says, the server is asked. */
  function hear(message: unknown): void {
    if (!lastRead || !isRecord(message)) return;
    const { type } = message;
    if (!/^(changed|signed)/.test(`${type}`)) live?.hear(message);
    else if (type !== 'signed-out') void renew();
    else if (state.status !== 'signed-out') void renew(subject ? 'signed-out' : undefined);
  }

  function openChannel(): void {
    if (crossTab) channel ??= page.openChannel(channelName(basePath), hear);
  }
  // A message would throw a page out of the back/forward cache.
  function closeChannel(): void {
    channel?.close();
    channel = null;
  }

  openChannel();
  if (initialSession) take(initialSession);
  const initial = state;
  const endings = [
    page.on('focus', () => {
      live?.look();
      const isDue = lastRead && page.now() - lastRead >= 5_000 && !live?.isLive();
      if (refetchOnFocus && isDue && page.isOnline()) void reads.join();
    }),
    page.on('online', () => {
      live?.look();
      if ('error' in state) void reads.join();
    }),
    page.on('suspended', closeChannel),
    page.on('restored', () => {
      openChannel();
      // What the cache brought back may belong to a session that is over: nothing shows before the server answers.
      if (!lastRead) return;
      if (subject) hint = 'signed-out';
      show({ status: 'loading' });
      void reads.join();
    }),
  ];

  const client: SessionClient = {
    basePath,
    getState: () => state,
    getInitialState: () => initial,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async load() {
      if (state.status === 'unavailable') await reads.join();
      while (state.status === 'loading' && !isClosed) await reads.join();
      return state;
    },
    refetch: reads.join,
    login: (login) => page.go(client.loginUrl(login)),
    loginUrl: (login = {}) => loginUrl(paths.login, login, page.here()),
    logout,
    fetch: call,
    close() {
      isClosed = isLiveAsked = true;
      live?.stop();
      for (const end of endings) end();
      closeChannel();
      listeners.clear();
    },
    inside: { page, askSession, take, show, renew, tell },
  };
  return client;
}
