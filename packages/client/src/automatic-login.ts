import { channelName } from '@coatcheck/protocol';
import type { SessionClient } from './contract.ts';
import { CoatcheckError } from './errors.ts';
import { type LoginOptions, returnPath } from './login-url.ts';
import { tabNotes } from './tab-notes.ts';

/** Where a guard must send the browser, or why it must not. */
export type AutomaticLogin = { kind: 'redirect'; url: string } | { kind: 'given-up'; error: CoatcheckError };

/**
 * Sign-ins that a guard starts by itself: at most one per landing. Where the provider signs people in and the
 * session is still not there afterwards (cookies blocked, wrong domain), a second one would never end.
 *
 * @returns where to send a browser that needs a session. Make it once, with the client.
 * @example
 * const automaticLogin = automaticLogins(client);
 * const attempt = automaticLogin({ returnTo: to.fullPath });
 * if (attempt.kind === 'redirect') location.assign(attempt.url);
 */
export function automaticLogins(
  client: SessionClient,
): (options: LoginOptions & { returnTo: string }) => AutomaticLogin {
  const { page } = client.inside;
  const { recall, remember } = tabNotes(page);
  const key = `${channelName(client.basePath)}:login`;

  /** Forgets the attempt once it worked, or once the person went elsewhere. */
  function settle(): void {
    const { status } = client.getState();
    const attempt = recall(key);
    const isOver = status === 'signed-in' || (status !== 'loading' && attempt !== returnPath(page.here()));
    if (attempt !== null && isOver) remember(key, null);
  }

  client.subscribe(settle);
  settle();
  return (options) => {
    const here = returnPath(page.here());
    const returnTo = returnPath(options.returnTo);
    if (recall(key) === here && here === returnTo) {
      remember(key, null);
      return { kind: 'given-up', error: notAccepted() };
    }
    remember(key, returnTo);
    return { kind: 'redirect', url: client.loginUrl({ ...options, returnTo }) };
  };
}

function notAccepted(): CoatcheckError {
  return new CoatcheckError({
    code: 'sign_in_not_accepted',
    status: 401,
    detail: 'You are back from signing in, but there is no session: are cookies blocked for this site?',
  });
}
