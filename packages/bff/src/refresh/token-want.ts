import type { AccessToken, Grant } from '../session/record.ts';

/** Which token a call needs. */
export interface TokenWant {
  readonly provider: string;
  /** RFC 8707; the empty string for a token without one. */
  readonly resource: string;
  /** The scopes to ask for (RFC 6749 §6), with a space between; the empty string for all that were granted. */
  readonly scope: string;
  /** `refresh`: by the refresh token. `exchange`: for the token that came with the sign-in (RFC 8693). */
  readonly by: 'refresh' | 'exchange';
}

/** Where a grant keeps the token; no resource has a space in it. */
export function slotOf({ resource, scope, by }: TokenWant): string {
  if (by === 'exchange') return `${resource} ${scope} by exchange`;
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
