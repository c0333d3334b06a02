import { channelName, pathsUnder } from '@coatcheck/protocol';
import type { ApiFetch, ApiFetchInit } from './api-fetch.ts';
import type { SessionClient } from './contract.ts';
import { CoatcheckError } from './errors.ts';
import { isRecord } from './json.ts';
import type { LoginOptions } from './login-url.ts';
import type { PageChannel } from './page.ts';
import { personOf } from './person.ts';

/** Whether calls wait for the person to sign in again. */
export interface SignInAgainState {
  /**
   * `idle`: no call waits and no sign-in is under way. `needed`: ask the person. `open`: the popup is, and whether it is
   * closed again nobody can tell (COOP).
   */
  status: 'idle' | 'needed' | 'open';
  /** How many calls wait. */
  waiting: number;
  /** Code of the problem that the last try ended with, null where it did not fail. */
  failed: string | null;
}

/** A session that is over is made anew without losing the page. */
export interface SignInAgain {
  /**
   * `client.fetch`, but a call that the BFF refused because the session is over waits for the next sign-in. It is sent
   * again, once, if the same person signed in.
   *
   * @throws CoatcheckError `user_changed` where somebody else signed in, `sign_in_cancelled` where nobody did
   */
  fetch: ApiFetch;
  getState(): SignInAgainState;
  subscribe(listener: () => void): () => void;
  /**
   * Opens the popup, whether calls wait or not: to be called in the handler of a click. It asks for a sign-in at the
   * provider of before. Where the browser opens none, leaves the page to sign in, and what waits is lost with it: keep
   * what was typed (`keptState`).
   */
  open(): void;
  /** Gives up: what waits is refused, and no popup is waited for. */
  cancel(): void;
}

/** How the sign-in is asked for. */
export interface SignInAgainOptions {
  /** What to ask of the sign-in, for example `uiLocales`. */
  login?: Omit<LoginOptions, 'returnTo' | 'onError'>;
  /** Opens a window, and says whether there is one. Default: the browser's. */
  openWindow?: (url: string) => boolean;
}

interface Parked {
  person: string;
  send(): void;
  refuse(reason: unknown): void;
}

const idle: SignInAgainState = { status: 'idle', waiting: 0, failed: null };

/**
 * Make it once, with the client, and call APIs by its `fetch`.
 *
 * @example
 * const again = createSignInAgain(client);
 * const response = await again.fetch('/api/notes', { method: 'POST', body }); // waits where it must
 */
export function createSignInAgain(client: SessionClient, options: SignInAgainOptions = {}): SignInAgain {
  const { page, renew } = client.inside;
  const { login, openWindow = openPopup } = options;
  const listeners = new Set<() => void>();
  const parked = new Set<Parked>();
  let state = idle;
  const first = client.getState();
  let person = personOf(first);
  let provider = first.status === 'signed-in' ? first.provider : undefined;
  let channel: PageChannel | null = null;

  /** @param failed code of the problem that the sign-in ended with */
  function show(isOpen: boolean, failed: string | null): void {
    const status = isOpen ? 'open' : parked.size > 0 || failed !== null ? 'needed' : 'idle';
    state = status === 'idle' ? idle : { status, waiting: parked.size, failed };
    if (state !== idle) channel ??= page.openChannel(channelName(client.basePath), hear);
    else {
      channel?.close();
      channel = null;
    }
    for (const listener of [...listeners]) listener();
  }

  /** The number of calls is another one. */
  const count = () => show(state.status === 'open', state.failed);

  /** The message is a hint: who is signed in, the server says. */
  function hear(message: unknown): void {
    if (!isRecord(message)) return;
    if (message.type === 'signed-in') void renew();
    if (message.type === 'sign-in-failed') show(false, String(message.code));
  }

  function refuseAll(code: 'user_changed' | 'sign_in_cancelled', detail: string): void {
    for (const call of parked) call.refuse(new CoatcheckError({ code, status: 401, detail }));
    parked.clear();
    show(false, null);
  }

  client.subscribe(() => {
    const session = client.getState();
    const isWanted = session.status === 'signed-out' && session.reason === 'signed-out';
    if (session.status === 'signing-out' || isWanted) {
      person = null;
      provider = undefined;
      return refuseAll('sign_in_cancelled', 'You signed out, so this was not sent.');
    }
    // Where the server could not be asked, nobody knows yet who is there.
    if (session.status !== 'signed-in' || session.stale) return;
    person = personOf(session);
    provider = session.provider;
    for (const call of parked) {
      if (call.person !== person) continue;
      parked.delete(call);
      call.send();
    }
    refuseAll('user_changed', 'Somebody else signed in, so this was not sent.');
  });

  function park(who: string, send: () => Promise<Response>, signal?: AbortSignal | null): Promise<Response> {
    return new Promise((resolve, reject) => {
      const call: Parked = { person: who, send: () => send().then(resolve, reject), refuse: reject };
      parked.add(call);
      count();
      signal?.addEventListener('abort', () => {
        reject(signal.reason);
        if (parked.delete(call)) count();
      });
    });
  }

  return {
    async fetch(input, init: ApiFetchInit = {}) {
      // What is sent once is gone, so the copy is made before.
      const copy = input instanceof Request ? input.clone() : input;
      const isGone = init.body instanceof ReadableStream;
      const who = person;
      try {
        return await client.fetch(input, init);
      } catch (error) {
        const isOver = error instanceof CoatcheckError && error.code === 'session_required';
        const { status } = client.getState();
        if (!isOver || isGone || init.background || who === null || status === 'signing-out') throw error;
        const signal = init.signal ?? (input instanceof Request ? input.signal : null);
        return park(who, () => client.fetch(copy, init), signal);
      }
    },
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    open() {
      channel ??= page.openChannel(channelName(client.basePath), hear);
      const wishes = { provider, ...login };
      const returnTo = pathsUnder(client.basePath).callbackDone;
      const isOpen =
        channel !== null && openWindow(client.loginUrl({ ...wishes, returnTo, onError: 'return' }));
      if (isOpen) show(true, null);
      else client.login(wishes);
    },
    cancel: () => refuseAll('sign_in_cancelled', 'You did not sign in again, so this was not sent.'),
  };
}

function openPopup(url: string): boolean {
  return window.open(url, 'coatcheck-sign-in', 'popup,width=480,height=680') !== null;
}
