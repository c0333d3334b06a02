import * as client from 'openid-client';
import type { ClientAuthenticationSettings } from '../options/provider/client-authentication.ts';

/** How this client proves who it is at the token endpoint and its like (RFC 6749 §2.3). */
export function clientAuthentication(settings: ClientAuthenticationSettings): client.ClientAuth {
  return settings.clientAuthentication === 'client_secret_post'
    ? client.ClientSecretPost(settings.clientSecret)
    : client.ClientSecretBasic(settings.clientSecret);
}
