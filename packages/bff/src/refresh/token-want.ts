import type { RouteSettings } from '../options/settings.ts';
import type { AccessToken, Grant, SessionRecord } from '../session/record.ts';

/** Which token a call needs. */
export interface TokenWant {
  /** Whose grant the token is kept with. */
  readonly provider: string;
  /** RFC 8707; the empty string for a token without one. */
  readonly resource: string;
  /** The scopes to ask for (RFC 6749 §6), with a space between; the empty string for all that were granted. */
  readonly scope: string;
  /**
   * `refresh`: by the refresh token. `exchange`: for the token that came with the sign-in (RFC 8693). `assertion`: for
   * our word about who signed in (RFC 7523 §2.1).
   */
  readonly by: 'refresh' | 'exchange' | 'assertion';
  /** The provider that is asked, where that is not the grant's: with `assertion`. */
  readonly home?: string;
  /** What to ask for where the session has no grant of `provider`, by the provider that signed the person in. */
  readonly elsewhere?: ReadonlyMap<string, TokenWant>;
}

/** The token that goes along with a route's calls. @param providers ids of all */
export function wantOf(route: RouteSettings, providers: readonly string[]): TokenWant {
  const { provider, homeAssertion, tokenExchange } = route;
  const target = { resource: route.resource ?? '', scope: route.tokenScopes.join(' ') };
  const own = { provider, ...target, by: tokenExchange ? 'exchange' : 'refresh' } as const;
  if (!homeAssertion) return own;
  const elsewhere = providers
    .filter((id) => id !== provider)
    .map((id) => [id, { provider: id, ...target, by: 'assertion', home: provider }] as const);
  return { ...own, elsewhere: new Map(elsewhere) };
}

/** What a session needs for a route: without a grant of the route's provider, a token for our word. */
export function wantFor(want: TokenWant, { grants, provider }: SessionRecord): TokenWant {
  if (want.elsewhere === undefined || grants[want.provider] !== undefined) return want;
  return want.elsewhere.get(provider) ?? want;
}

/** Where a grant keeps the token; no resource has a space in it. */
export function slotOf({ resource, scope, by, home }: TokenWant): string {
  if (by === 'exchange') return `${resource} ${scope} by exchange`;
  if (by === 'assertion') return `${resource} ${scope} by assertion at ${home}`;
  return scope === '' ? resource : `${resource} ${scope}`;
}

/** The token that a grant has for a call, whatever its age. */
export function tokenIn(grant: Grant | undefined, want: TokenWant): AccessToken | undefined {
  return grant?.tokens[slotOf(want)];
}

/**
 * The token that comes with a sign-in, for which others are exchanged.
 *
 * @param resources of the provider: the first one's token comes with the code
 */
export function signInWant(provider: string, resources: readonly string[]): TokenWant {
  return { provider, resource: resources[0] ?? '', scope: '', by: 'refresh' };
}
