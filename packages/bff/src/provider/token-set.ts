import type * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { signedInside } from './decryption.ts';
import type { DpopProof } from './dpop.ts';
import type { Outcome } from './failure.ts';
import { underOneIssuer } from './issuers.ts';
import type { TokenSet } from './provider.ts';

/** No access token is believed to live longer. Milliseconds; sessions end sooner. */
const longestLife = 366 * 86_400_000;

export type TokenResponse = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;

/**
 * An answer of the token endpoint as we keep it.
 *
 * @param proof what came with the request: its key, and no other, is what the tokens may be bound to (RFC 9449 §5)
 * @param now milliseconds since the epoch
 */
export function tokenSet(
  response: TokenResponse,
  settings: ProviderSettings,
  proof: DpopProof | null,
  now: number,
): Outcome<TokenSet> {
  // RFC 6750 §2.1: it goes into a header field as it is.
  if (!/^[\x21-\x7e]+$/.test(response.access_token)) return unusable('access_token fits into no header');
  const isBound = response.token_type.toLowerCase() === 'dpop';
  if (!isBound && settings.dpop === 'required') return unusable('DPoP is required, but a bearer token came');
  if (isBound && !proof) return unusable('a DPoP token came for a request without a proof');
  const decrypted = signedInside(response);
  const idToken = decrypted ?? response.id_token ?? null;
  if (idToken !== null && decrypted === undefined && settings.idTokenEncryption === 'required') {
    return { ok: false, failure: { kind: 'invalid_id_token', detail: 'it is not encrypted' } };
  }
  const lifetime =
    response.expires_in === undefined
      ? settings.defaultTokenLifetime
      : Math.min(Math.max(0, response.expires_in * 1_000), longestLife);
  const refreshLifetime = Number(
    response.refresh_expires_in ?? response.refresh_token_expires_in ?? Number.NaN,
  );
  const claims = response.claims();
  const value: TokenSet = {
    accessToken: response.access_token,
    tokenType: isBound ? 'DPoP' : 'Bearer',
    ...(isBound && proof ? { dpopKey: proof.key } : {}),
    receivedAt: now,
    expiresAt: now + lifetime,
    scopes: response.scope === undefined ? null : response.scope.split(/[ ,]+/).filter(Boolean),
    refreshToken: response.refresh_token ?? null,
    refreshExpiresAt:
      Number.isFinite(refreshLifetime) && refreshLifetime > 0 ? now + refreshLifetime * 1_000 : null,
    idToken,
    claims: claims === undefined ? null : underOneIssuer(settings, claims),
  };
  return { ok: true, value };
}

function unusable(detail: string): Outcome<TokenSet> {
  return { ok: false, failure: { kind: 'invalid_response', detail } };
}
