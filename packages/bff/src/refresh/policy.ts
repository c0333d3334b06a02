import type { ProviderSettings } from '../options/provider/provider.ts';
import type { ProviderFailure } from '../provider/failure.ts';
import type { TokenSet } from '../provider/provider.ts';
import type { AccessToken, Grant } from '../session/record.ts';
import { slotOf, type TokenWant } from './token-want.ts';

/**
 * How an access token stands: `fresh`, usable but `due` for refresh, or `dead` (or absent). It is due with less than
 * 30 s or 20 % of its life left, whichever is less; its life counts from receipt.
 *
 * @param now milliseconds since the epoch
 */
export function tokenStanding(token: AccessToken | undefined, now: number): 'fresh' | 'due' | 'dead' {
  if (!token || now >= token.expiresAt) return 'dead';
  const early = Math.min(30_000, (token.expiresAt - token.receivedAt) * 0.2);
  return token.expiresAt - now < early ? 'due' : 'fresh';
}

/** What a failed refresh means for the session. */
export type FailureMeaning =
  /** The refresh token is dead: the session ends. */
  | 'refused'
  /** Nobody knows whether the server acted: ask once more with the same refresh token. */
  | 'answer_lost'
  /** It gives no such token: the session stays, and asking again soon is of no use. */
  | 'denied'
  /** The provider cannot or will not now: the session stays, and the old token is used while it lives. */
  | 'unavailable';

/** RFC 8693 §2.2.2, RFC 7521 §4.1.1. */
const exchangeDenials: ReadonlySet<string> = new Set([
  'invalid_target',
  'invalid_scope',
  'invalid_grant',
  'invalid_request',
  'access_denied',
  'unauthorized_client',
  'unsupported_grant_type',
]);

/** What a server says that gives no token for this resource or of these scopes (RFC 8707 §2, RFC 6749 §5.2). */
const denials: Readonly<Record<TokenWant['by'], ReadonlySet<string>>> = {
  refresh: new Set(['invalid_target', 'invalid_scope']),
  exchange: exchangeDenials,
  assertion: exchangeDenials,
};

/**
 * Only `invalid_grant` ends a session (RFC 6749 §5.2), and only as an answer to a refresh; everything else may pass.
 *
 * @param by how the token was asked for: a refused exchange says nothing of the session (RFC 8693 §2.2.2)
 */
export function meaningOf(failure: ProviderFailure, by: TokenWant['by'] = 'refresh'): FailureMeaning {
  if (failure.kind === 'oauth_error' && denials[by].has(failure.error)) return 'denied';
  if (
    by === 'refresh' &&
    failure.kind === 'oauth_error' &&
    (failure.error === 'invalid_grant' || failure.error === 'bad_refresh_token')
  ) {
    return 'refused';
  }
  // The tokens came with an ID token about somebody else, or of somebody else (OpenID Connect Core §12.2).
  if (failure.kind === 'invalid_id_token') return by === 'refresh' ? 'refused' : 'unavailable';
  if (failure.kind === 'unavailable' && failure.answerLost) return 'answer_lost';
  return 'unavailable';
}

/**
 * Whether an ID token that came with a refresh is still about the same person at the same provider (OpenID Connect
 * Core §12.2).
 */
export function sameIdentity(
  tokens: TokenSet,
  record: { readonly issuer: string; readonly subject: string; readonly authTime: number | null },
): boolean {
  const { claims } = tokens;
  if (!claims) return true;
  const sameTime =
    claims.auth_time === undefined || record.authTime === null || claims.auth_time === record.authTime;
  return claims.iss === record.issuer && claims.sub === record.subject && sameTime;
}

/**
 * The grant after a refresh. Without a new refresh token the old one stays (RFC 6749 §6).
 *
 * @param want what was asked for; where the answer names no scopes, it has those (RFC 6749 §5.1)
 */
export function grantAfter(grant: Grant, tokens: TokenSet, want: TokenWant): Grant {
  // What another provider granted says nothing of a token that the home server gives for our word.
  const all = want.by === 'assertion' ? [] : grant.scopes;
  const asked = want.scope === '' ? all : want.scope.split(' ');
  const scopes = [...(tokens.scopes ?? asked)];
  return {
    ...grant,
    generation: grant.generation + 1,
    refreshToken: tokens.refreshToken ?? grant.refreshToken,
    idToken: grant.idToken === null ? null : (tokens.idToken ?? grant.idToken),
    tokens: {
      ...grant.tokens,
      [slotOf(want)]: {
        value: tokens.accessToken,
        type: tokens.tokenType,
        scopes,
        receivedAt: tokens.receivedAt,
        expiresAt: tokens.expiresAt,
      },
    },
  };
}

/** How long to leave a provider in peace after a failure: 1 s, doubling, at most 30 s. Milliseconds. */
export function backOff(failures: number): number {
  return Math.min(1_000 * 2 ** Math.max(0, failures - 1), 30_000);
}

/** What a holder's last step, a write to the store, may take of its lease. Milliseconds. */
export const timeToCommit = 2_000;

/** The longest that one answer of the token endpoint may take: with DPoP a challenge may come first. Milliseconds. */
export function longestAnswer({
  requestTimeout,
  dpop,
}: Pick<ProviderSettings, 'requestTimeout' | 'dpop'>): number {
  return dpop === 'never' ? requestTimeout : 2 * requestTimeout;
}

/**
 * How long a holder keeps a lease: two requests, the second where an answer was lost, and then the commit. Milliseconds.
 *
 * @param answerTime the longest that the provider may take for one
 */
export function leaseLifeFor(answerTime: number): number {
  return 2 * answerTime + timeToCommit;
}
