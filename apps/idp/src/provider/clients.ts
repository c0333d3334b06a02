import type { ClientMetadata } from 'oidc-provider';
import { assertionGrantType } from '../federation/grant.ts';

/** The client id of the BFF. */
export const bffClientId = 'coatcheck';

/**
 * The BFF's registration.
 *
 * @param publicUrl the BFF's origin, without a trailing slash
 * @param moreRedirectUris further redirect URIs, for tests
 */
export function bffClient(
  publicUrl: string,
  clientSecret: string,
  moreRedirectUris: readonly string[],
): ClientMetadata {
  return {
    client_id: bffClientId,
    client_secret: clientSecret,
    client_name: 'Coatcheck demo',
    client_uri: publicUrl,
    token_endpoint_auth_method: 'client_secret_basic',
    // Its key signs the assertions for people who sign in elsewhere.
    jwks_uri: `${publicUrl}/bff/jwks`,
    grant_types: ['authorization_code', 'refresh_token', assertionGrantType],
    response_types: ['code'],
    redirect_uris: [`${publicUrl}/bff/callback/demo`, ...moreRedirectUris],
    post_logout_redirect_uris: [`${publicUrl}/bff/logout/callback`],
    backchannel_logout_uri: `${publicUrl}/bff/backchannel-logout/demo`,
    backchannel_logout_session_required: true,
  };
}

/**
 * The attack lab's app that keeps its tokens in localStorage: a public client, as a page without a server of its own
 * must be. Registered only where the demo runs its lab.
 */
export function labClient(origin: string): ClientMetadata {
  return {
    client_id: 'lab-storage',
    client_name: 'Attack lab (weak on purpose)',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [`${origin}/callback`],
  };
}

/** Every origin to which a client may have the browser sent. */
export function clientOrigins(clients: readonly ClientMetadata[]): readonly string[] {
  const uris = clients.flatMap((client) => [
    ...(client.redirect_uris ?? []),
    ...(client.post_logout_redirect_uris ?? []),
  ]);
  return [...new Set(uris.map((uri) => new URL(uri).origin))];
}

/** Where the provider may send requests to: back-channel logout, and the clients' keys. It calls no other address. */
export function calledUris(clients: readonly ClientMetadata[]): ReadonlySet<string> {
  const uris = clients.flatMap(({ backchannel_logout_uri, jwks_uri }) => [
    ...(backchannel_logout_uri ? [backchannel_logout_uri] : []),
    ...(jwks_uri ? [jwks_uri] : []),
  ]);
  return new Set(uris.map((uri) => new URL(uri).href));
}
