import type * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import type { TokenSet } from './provider.ts';

export type TokenResponse = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/** An answer of the token endpoint as we keep it. @param now milliseconds since the epoch */
export function tokenSet(response: TokenResponse, settings: ProviderSettings, now: number): TokenSet {
  const lifetime =
    response.expires_in === undefined
      ? settings.defaultTokenLifetime
      : Math.max(0, response.expires_in * 1_000);
  const refreshLifetime = Number(
    response.refresh_expires_in ?? response.refresh_token_expires_in ?? Number.NaN,
  );
  return {
    accessToken: response.access_token,
    tokenType: response.token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    receivedAt: now,
    expiresAt: now + lifetime,
    scopes: response.scope === undefined ? null : response.scope.split(/[ ,]+/).filter(Boolean),
    refreshToken: response.refresh_token ?? null,
    refreshExpiresAt:
      Number.isFinite(refreshLifetime) && refreshLifetime > 0 ? now + refreshLifetime * 1_000 : null,
    idToken: response.id_token ?? null,
    claims: response.claims() ?? null,
  };
}
