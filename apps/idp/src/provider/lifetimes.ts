import type { Configuration } from 'oidc-provider';

/** How long tokens live, in seconds. */
export interface TokenLifetimes {
  readonly accessToken: number;
  /** From the sign-in on; rotation does not extend it. */
  readonly refreshToken: number;
}

const minute = 60;
const hour = 60 * minute;

/** The provider's lifetimes, in seconds. */
export function lifetimes({ accessToken, refreshToken }: TokenLifetimes): NonNullable<Configuration['ttl']> {
  return {
    AccessToken: accessToken,
    AuthorizationCode: minute,
    // A grant without tokens is of no use, and a token without its grant neither.
    Grant: Math.max(accessToken, refreshToken) + 2 * minute,
    IdToken: 5 * minute,
    Interaction: 15 * minute,
    // A rotated token keeps the end of the first one. It lives, so at least a second is left (RFC 9700 §4.14.2).
    RefreshToken: (ctx) => Math.max(1, ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? refreshToken),
    Session: 12 * hour,
  };
}
