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
  /** `needed`: ask the person. `open`: the popup is, and whether it is closed again nobody can tell (COOP). */
  status: 'idle' | 'needed' | 'open';
  /** How many calls wait. */
  waiting: number;
  /** Code of the problem that the last try ended with. */
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
   * Opens the popup: to be called in the handler of a click. Where the browser opens none, leaves the page to sign in,
   * and what waits is lost with it: keep what was typed (`keepState`).
   */
  open(): void;
  /** Gives up: what waits is refused. */
  cancel(): void;
}

export interface SignInAgainOptions {
  /** What to ask of the sign-in, for example `provider`. */
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
  let person = personOf(client.getState());
  let channel: PageChannel | null = null;

  function show(change: Partial<SignInAgainState>): void {
    state = parked.size === 0 ? idle : { ...state, ...change, waiting: parked.size };
    for (const listener of [...listeners]) listener();
    if (state !== idle) channel ??= page.openChannel(channelName(client.basePath), hear);
    else {
      channel?.close();
      channel = null;
    }
  }

  /** The message is a hint: who is signed in, the server says. */
  function hear(message: unknown): void {
    if (!isRecord(message)) return;
    if (message.type === 'signed-in') void renew();
    if (message.type === 'sign-in-failed') show({ status: 'needed', failed: String(message.code) });
  }

  function refuseAll(code: 'user_changed' | 'sign_in_cancelled', detail: string): void {
    for (const call of parked) call.refuse(new CoatcheckError({ code, status: 401, detail }));
    parked.clear();
    show({});
  }

  client.subscribe(() => {
    const session = client.getState();
    const isWanted = session.status === 'signed-out' && session.reason === 'signed-out';
    if (session.status === 'signing-out' || isWanted) {
      person = null;
      return refuseAll('sign_in_cancelled', 'You signed out, so this was not sent.');
    }
    if (session.status !== 'signed-in') return;
    person = personOf(session);
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
      show({ status: state.status === 'open' ? 'open' : 'needed' });
      signal?.addEventListener('abort', () => {
        reject(signal.reason);
        if (parked.delete(call)) show({});
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
      const returnTo = pathsUnder(client.basePath).callbackDone;
      const isOpen =
        channel !== null && openWindow(client.loginUrl({ ...login, returnTo, onError: 'return' }));
      if (isOpen) show({ status: 'open', failed: null });
      else client.login(login);
    },
    cancel: () => refuseAll('sign_in_cancelled', 'You did not sign in again, so this was not sent.'),
  };
}

function openPopup(url: string): boolean {
  return window.open(url, 'coatcheck-sign-in', 'popup,width=480,height=680') !== null;
}
