import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import type { DpopProof } from './dpop.ts';
import type { Outcome } from './failure.ts';
import type { TokenSet, TokenTarget } from './provider.ts';
import { tokenSet } from './token-set.ts';

/** RFC 8693 §2.1, §3. */
const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** RFC 6749 §6. The ID token that may come along is not looked at here. @param now milliseconds since the epoch */
export async function refreshTokens(
  config: client.Configuration,
  settings: ProviderSettings,
  refreshToken: string,
  target: TokenTarget,
  proof: DpopProof | null,
  now: () => number,
): Promise<Outcome<TokenSet>> {
  const dpop = proof ? { DPoP: proof.handle } : {};
  const response = await client.refreshTokenGrant(config, refreshToken, parametersFor(target), dpop);
  return tokenSet(response, settings, proof, now());
}

/** RFC 8693, for an access token of this very provider. @param now milliseconds since the epoch */
export async function exchangeToken(
  config: client.Configuration,
  settings: ProviderSettings,
  subjectToken: string,
  target: TokenTarget,
  proof: DpopProof | null,
  now: () => number,
): Promise<Outcome<TokenSet>> {
  const parameters = {
    subject_token: subjectToken,
    subject_token_type: accessTokenType,
    requested_token_type: accessTokenType,
    ...parametersFor(target),
  };
  const dpop = proof ? { DPoP: proof.handle } : {};
  const response = await client.genericGrantRequest(config, tokenExchange, parameters, dpop);
  // RFC 8693 §2.2.1: a token of another kind is nothing to call an API with.
  const isAccessToken = response.issued_token_type === accessTokenType && response.token_type !== 'n_a';
  if (!isAccessToken) {
    return { ok: false, failure: { kind: 'invalid_response', detail: 'an exchange gave no access token' } };
  }
  const tokens = tokenSet(response, settings, proof, now());
  return tokens.ok ? { ok: true, value: { ...tokens.value, refreshToken: null } } : tokens;
}

function parametersFor({ resource, scope }: TokenTarget): Record<string, string> {
  return { ...(resource === '' ? {} : { resource }), ...(scope === '' ? {} : { scope }) };
}
