/** What can be asked of a sign-in. Nothing else passes the BFF. */
export interface LoginOptions {
  /** Where to come back to: a path on this origin with query and fragment. Default: the current page. */
  returnTo?: string | undefined;
  /** Id of the provider, where several are configured. */
  provider?: string | undefined;
  /** OpenID Connect Core §3.1.2.1, for example `login` or `select_account`. */
  prompt?: string | undefined;
  loginHint?: string | undefined;
  uiLocales?: string | undefined;
  acrValues?: string | undefined;
  /** Seconds since the last active sign-in that are still acceptable. */
  maxAge?: number | undefined;
  /** Whose people shall sign in, where the provider's profile knows organizations. */
  organization?: string | undefined;
  /** Name of a configured set of scopes to ask consent for. */
  consent?: string | undefined;
  /** `return` comes back with `login_error=code` in the query instead of showing the BFF's error page. */
  onError?: 'return' | undefined;
}

/** The names of {@link LoginOptions}. */
export const loginOptionNames = [
  'returnTo',
  'provider',
  'prompt',
  'loginHint',
  'uiLocales',
  'acrValues',
  'maxAge',
  'organization',
  'consent',
  'onError',
] as const satisfies readonly (keyof LoginOptions)[];

/** The query member that tells of a failed sign-in after `onError: 'return'`. */
export const loginErrorParameter = 'login_error';

/** The BFF refuses a longer return path. */
const longestReturnTo = 1_024;

/**
 * The address that starts a sign-in. It must be navigated to, not fetched.
 *
 * @param path of the BFF's route
 * @param here path, query and fragment of the current page, the place to come back to unless told otherwise
 */
export function loginUrl(path: string, options: LoginOptions, here: string): string {
  const query = new URLSearchParams();
  const wishes = { ...options, returnTo: options.returnTo ?? returnPath(here) };
  for (const name of loginOptionNames) {
    const value = wishes[name];
    const parameter = name.replace(/[A-Z]/, '_$&').toLowerCase();
    if (value !== undefined) query.append(parameter, String(value));
  }
  return `${path}?${query}`;
}

/**
 * Makes a page's own address fit to return to: without what an earlier failure added, with one leading slash
 * (two would name another host, RFC 3986 §4.2), and without its fragment or query where it would be too long.
 */
export function returnPath(here: string): string {
  const { pathname, search, hash } = new URL(here.replace(/^[/\\]*/, '/'), 'http://a');
  const query = search
    .slice(1)
    .split('&')
    .filter((pair) => pair && pair.split('=')[0] !== loginErrorParameter)
    .join('&');
  const page = pathname + (query && `?${query}`);
  const paths = [page + hash, page, pathname];
  return paths.find((path) => path.length <= longestReturnTo) ?? '/';
}
