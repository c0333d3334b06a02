import type { ProviderSettings } from '../options/provider/provider.ts';
import { createOAuth2Provider } from './oauth2.ts';
import { createOpenIdProvider, type ProviderParts } from './openid.ts';
import type { Provider } from './provider.ts';

/** The provider that these settings describe. */
export function createProvider(settings: ProviderSettings, parts: ProviderParts): Provider {
  return settings.protocol === 'openid'
    ? createOpenIdProvider(settings, parts)
    : createOAuth2Provider(settings, parts);
}
