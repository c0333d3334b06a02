import type { Client, KoaContextWithOIDC } from 'oidc-provider';

/** Remembers on a pushed request that `offline_access` was asked for. */
const marker = 'coatcheck_offline_access';

/**
 * Honours `offline_access` without `prompt=consent`. The library drops it then, but OpenID Connect Core §11 lets
 * a server have other conditions: here the scope must have been allowed on the consent page once, like any other.
 * Without this a client would have to show the consent page at every sign-in to get a refresh token.
 *
 * It runs after the library's own scope check, at the authorization endpoint and at the PAR endpoint. A request that
 * was pushed comes to the first with its parameters out of reach, hence the marker.
 */
export const offlineAccess = {
  [marker](ctx: KoaContextWithOIDC, marked: string | undefined, client: Client): void {
    const { params, route } = ctx.oidc;
    if (params === undefined || !client.grantTypeAllowed('refresh_token')) return;
    const sent = route === 'pushed_authorization_request' ? ctx.oidc.body?.scope : ctx.query.scope;
    const asked =
      marked === 'true' || (typeof sent === 'string' && sent.split(' ').includes('offline_access'));
    if (!asked) return;
    const scope = typeof params.scope === 'string' ? params.scope.split(' ') : [];
    params.scope = [...new Set([...scope, 'offline_access'])].join(' ');
    params[marker] = 'true';
  },
};
