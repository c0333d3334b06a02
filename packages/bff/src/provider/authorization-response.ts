import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import type { Claims } from '../profiles/profile.ts';
import { signedInside } from './decryption.ts';
import type { DpopProof } from './dpop.ts';
import type { Outcome } from './failure.ts';
import { idTokenFault, jwtHeader } from './id-token.ts';
import { claimsOf, claimsTogether } from './identity.ts';
import type { ExchangeChecks, SignIn } from './provider.ts';
import { strangerFault } from './stranger.ts';
import { type TokenResponse, tokenSet } from './token-set.ts';

/**
 * Redeems the code of an answer (RFC 6749 §4.1.3) and checks whom it is about (OpenID Connect Core §3.1.3).
 *
 * @param callback the callback as it was reached, with its query
 * @param now milliseconds since the epoch
 */
export async function redeemCode(
  config: client.Configuration,
  settings: ProviderSettings,
  callback: URL,
  checks: ExchangeChecks,
  proof: DpopProof | null,
  now: () => number,
): Promise<Outcome<SignIn>> {
  // The first resource's token comes with the code; the others are fetched by refresh when a route needs them.
  const [resource] = settings.resources;
  const response = await client.authorizationCodeGrant(
    config,
    callback,
    {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.codeVerifier,
      idTokenExpected: true,
    },
    resource === undefined ? {} : { resource },
    proof ? { DPoP: proof.handle } : {},
  );
  const user = callback.searchParams.get('user');
  const said = user === null ? {} : (settings.profile.answerClaims?.(user) ?? {});
  return signInFrom(config, settings, response, said, checks, proof, now());
}

async function signInFrom(
  config: client.Configuration,
  settings: ProviderSettings,
  response: TokenResponse,
  said: Claims,
  checks: ExchangeChecks,
  proof: DpopProof | null,
  now: number,
): Promise<Outcome<SignIn>> {
  const received = tokenSet(response, settings, proof, now);
  if (!received.ok) return received;
  const tokens = received.value;
  const { claims, idToken } = tokens;
  if (!claims || !idToken) {
    return { ok: false, failure: { kind: 'invalid_response', detail: 'no ID token' } };
  }
  const stranger = strangerFault(settings, claims);
  if (stranger) return { ok: false, failure: stranger };
  const fault = idTokenFault(jwtHeader(idToken), claims, {
    clientId: settings.clientId,
    maxAge: checks.maxAge,
    acrValues: checks.acrValues,
    now,
    tolerance: settings.clockTolerance / 1_000,
  });
  if (fault) {
    const kind = fault.kind === 'step_up' ? 'oauth_error' : 'invalid_id_token';
    return { ok: false, failure: { kind, error: 'step_up_failed', detail: fault.detail } };
  }
  const subject = String(claims.sub);
  const dpop = proof && tokens.dpopKey ? { DPoP: proof.handle } : {};
  const more = settings.userInfo
    ? await client.fetchUserInfo(config, tokens.accessToken, subject, dpop)
    : null;
  if (more && settings.userInfoEncryption === 'required' && signedInside(more) === undefined) {
    return { ok: false, failure: { kind: 'invalid_response', detail: 'userinfo is not encrypted' } };
  }
  return {
    ok: true,
    value: {
      issuer: String(claims.iss),
      subject,
      tokens,
      claims: claimsOf(settings, { claims: { ...said, ...claimsTogether(claims, more ?? {}) } }),
    },
  };
}
