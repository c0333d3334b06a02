import * as client from 'openid-client';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { callApi } from './api-call.ts';
import type { Outcome } from './failure.ts';
import type { RevocableTokens } from './provider.ts';

/**
 * Takes back what was granted: by RFC 7009 where there is an endpoint for it, in the provider's own way where its
 * profile knows one. The policy, whether to do it at all, is the caller's.
 *
 * @param fetch for the provider's own way
 */
export async function revokeTokens(
  config: client.Configuration,
  fetch: client.CustomFetch,
  settings: ProviderSettings,
  { refreshToken, accessToken }: RevocableTokens,
): Promise<Outcome<void>> {
  const own = settings.profile.revocation?.(settings.places, settings.clientId);
  if (own !== undefined && accessToken !== null) {
    const byClient = own.by === 'client';
    const answer = await callApi(fetch, {
      method: own.method,
      url: own.url,
      authorization: byClient ? basic(settings) : `Bearer ${accessToken}`,
      ...(byClient ? { body: { access_token: accessToken } } : {}),
    });
    return answer.ok ? { ok: true, value: undefined } : answer;
  }
  if (config.serverMetadata().revocation_endpoint === undefined) return { ok: true, value: undefined };
  // A refresh token takes its access tokens with it (RFC 7009 §2.1).
  if (refreshToken !== null) {
    await client.tokenRevocation(config, refreshToken, { token_type_hint: 'refresh_token' });
  } else if (accessToken !== null) {
    await client.tokenRevocation(config, accessToken, { token_type_hint: 'access_token' });
  }
  return { ok: true, value: undefined };
}

function basic({ clientId, clientSecret }: ProviderSettings): string {
  return `Basic ${Buffer.from(`${clientId}:${clientSecret ?? ''}`).toString('base64')}`;
}
