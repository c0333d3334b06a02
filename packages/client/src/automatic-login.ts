import { CoatcheckError } from './errors.ts';
import { type LoginOptions, loginUrl, returnPath } from './login-url.ts';
import type { Page } from './page.ts';
import type { Session } from './session.ts';

/** Where a guard must send the browser, or why it must not. */
export type AutomaticLogin = { kind: 'redirect'; url: string } | { kind: 'given-up'; error: CoatcheckError };

/**
 * Sign-ins that a guard starts by itself: at most one per landing. Where the provider signs people in and the
 * session is still not there afterwards (cookies blocked, wrong domain), a second one would never end.
 */
export function automaticLogins(page: Page, basePath: string) {
  const key = `coatcheck:${basePath}:login`;
  return {
    start(options: LoginOptions & { returnTo: string }): AutomaticLogin {
      const here = returnPath(page.here());
      const returnTo = returnPath(options.returnTo);
      if (page.recall(key) === here && here === returnTo) {
        page.remember(key, null);
        return { kind: 'given-up', error: notAccepted() };
      }
      page.remember(key, returnTo);
      return { kind: 'redirect', url: loginUrl(basePath, { ...options, returnTo }, here) };
    },
    /** Forgets the attempt once it worked, or once the person went elsewhere. */
    settle(session: Session): void {
      const attempt = page.recall(key);
      if (attempt === null) return;
      if (session.status === 'signed-in' || attempt !== returnPath(page.here())) page.remember(key, null);
    },
  };
}

function notAccepted(): CoatcheckError {
  return new CoatcheckError({
    code: 'sign_in_not_accepted',
    status: 401,
    detail:
      'You are back from signing in, but there is no session. ' +
      'If you did sign in, cookies may be blocked for this site: allow them and try again.',
  });
}
