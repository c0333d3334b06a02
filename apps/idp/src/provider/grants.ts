import type { Grant, KoaContextWithOIDC, Provider } from 'oidc-provider';
import { type User, userBySub } from '../accounts/users.ts';
import type { ConsentStore } from '../store/consents.ts';
import { type ScopeRequest, sortScopes } from './scopes.ts';

/** One authorization that a user gives a client. */
export interface Authorization {
  readonly user: User;
  readonly clientId: string;
  readonly scopes: ScopeRequest;
  /** Resource indicators of the request (RFC 8707). */
  readonly resources: readonly string[];
}

/**
 * Saves a new grant for an authorization. Each authorization has its own, also within one sign-in session: revoking
 * a refresh token, or using one twice, then ends its own family and not that of another browser tab.
 *
 * @returns the grant's id
 */
export async function saveGrant(provider: Provider, authorization: Authorization): Promise<string> {
  const { user, clientId, scopes, resources } = authorization;
  const grant = new provider.Grant({ accountId: user.sub, clientId });
  if (scopes.identity.length > 0) grant.addOIDCScope([...scopes.identity]);
  for (const resource of resources) {
    if (scopes.api.length > 0) grant.addResourceScope(resource, [...scopes.api]);
    // What is refused counts as answered: the provider would ask for consent again for what is merely missing.
    if (scopes.refused.length > 0) grant.rejectResourceScope(resource, [...scopes.refused]);
  }
  return grant.save();
}

/**
 * The provider's hook for the grant of an authorization request: the one just consented to, else a new one if the
 * user allowed this client all of it before, else none, and the consent page comes.
 */
export function grantLoader(consents: ConsentStore) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, provider, result, session } = ctx.oidc;
    const consented = result?.consent?.grantId;
    if (consented !== undefined) return provider.Grant.find(consented);
    if (ctx.oidc.promptPending('login') || ctx.oidc.promptPending('consent')) return undefined;

    const user = userBySub(session?.accountId);
    if (user === undefined || client === undefined) return undefined;
    const scopes = sortScopes(ctx.oidc.requestParamScopes, user);
    const { clientId } = client;
    if (!consents.covers(user.sub, clientId, [...scopes.identity, ...scopes.api])) return undefined;
    const resources = Object.keys(ctx.oidc.resourceServers ?? {});
    return provider.Grant.find(await saveGrant(provider, { user, clientId, scopes, resources }));
  };
}
