import { type ClientMetadata, type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { claimsByScope, claimsOf } from '../accounts/claims.ts';
import { displayName, userBySub } from '../accounts/users.ts';
import type { Secrets } from '../secrets.ts';
import type { ConsentStore } from '../store/consents.ts';
import { calledUris } from './clients.ts';
import { grantLoader } from './grants.ts';
import { lifetimes, type TokenLifetimes } from './lifetimes.ts';
import { offlineAccess } from './offline-access.ts';
import { apiResource } from './resource.ts';
import { apiScopeNames, identityScopeNames } from './scopes.ts';

/** How somebody signed in here: with a password. There is no second factor. */
export const passwordAcr = 'urn:coatcheck:acr:password';

/** What the provider needs that does not follow from the protocol. */
export interface ProviderParts {
  readonly adapter: NonNullable<Configuration['adapter']>;
  readonly apiAudience: string;
  readonly clients: readonly ClientMetadata[];
  readonly consents: ConsentStore;
  /** Claims for an access token that a client's assertion asks for. */
  readonly federatedClaims: (ctx: KoaContextWithOIDC) => Record<string, unknown> | undefined;
  readonly lifetimes: TokenLifetimes;
  readonly secrets: Secrets;
  readonly pages: ProviderPages;
}

/** The pages that the provider shows of itself; sign-in and consent are routes of ours. */
export interface ProviderPages {
  readonly error: NonNullable<Configuration['renderError']>;
  readonly signOut: (form: string) => string;
  readonly signedOut: () => string;
}

/** The configuration of oidc-provider. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { adapter, apiAudience, clients, consents, pages, secrets } = parts;
  return {
    adapter,
    clients: [...clients],
    jwks: { keys: [secrets.signingKey] },
    scopes: [...identityScopeNames],
    claims: claimsByScope,
    conformIdTokenClaims: false,
    acrValues: [passwordAcr],
    subjectTypes: ['public'],
    responseTypes: ['code'],
    clientAuthMethods: [
      'client_secret_basic',
      'private_key_jwt',
      // Nobody is without credentials but the attack lab's app.
      ...(clients.some((client) => client.token_endpoint_auth_method === 'none') ? ['none' as const] : []),
    ],
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256'],
      clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256'],
    },
    clockTolerance: 5,
    ttl: lifetimes(parts.lifetimes),

    // Exact redirect URIs, PKCE for everybody, rotation at each use (RFC 9700 §2.1, §4.14.2).
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    // Without this, a second authorization in a session would void the code of the first: two tabs sign in at once.
    expiresWithSession: async () => false,
    clientBasedCORS: () => false,
    extraParams: offlineAccess,
    loadExistingGrant: grantLoader(consents),

    findAccount: async (_ctx, sub) => {
      const user = userBySub(sub);
      return user && { accountId: user.sub, claims: async () => claimsOf(user) };
    },
    // RFC 9068 §2.2: an API decides by roles and by how and when the user signed in.
    extraTokenClaims: async (ctx, token) => {
      if (token.kind !== 'AccessToken' || token.aud !== apiAudience) return undefined;
      const federated = parts.federatedClaims(ctx);
      if (federated !== undefined) return federated;
      const source = ctx.oidc.entities.RefreshToken ?? ctx.oidc.entities.AuthorizationCode;
      const user = userBySub(token.accountId);
      const roles = [...(user?.roles ?? [])];
      return {
        roles,
        name: user && displayName(user),
        email: user?.email,
        auth_time: source?.authTime,
        acr: source?.acr,
        amr: source?.amr,
      };
    },

    cookies: {
      // Ports share cookies: other servers run on this host.
      names: {
        session: 'coatcheck_idp_session',
        interaction: 'coatcheck_idp_interaction',
        resume: 'coatcheck_idp_resume',
      },
      keys: [...secrets.cookieKeys],
      long: { httpOnly: true, sameSite: 'lax', signed: true, path: '/' },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    interactions: { url: async (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: pages.error,
    // The library keeps connections to loopback from being made; ours go nowhere else.
    fetch: fetchOnly(calledUris(clients)),
    discovery: { ui_locales_supported: ['en'] },

    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      introspection: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId,
      },
      pushedAuthorizationRequests: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // Scopes of the API mean the API, also where the client does not name it (RFC 8707 §2).
        defaultResource: async (ctx, _client, oneOf) => {
          if (oneOf !== undefined) return oneOf;
          const asksForApi = apiScopeNames.some((scope) => ctx.oidc.requestParamScopes.has(scope));
          return asksForApi ? apiAudience : undefined;
        },
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, resource) => {
          if (resource !== apiAudience) throw new errors.InvalidTarget();
          return apiResource(apiAudience, parts.lifetimes.accessToken);
        },
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = pages.signOut(form);
        },
        postLogoutSuccessSource: async (ctx) => {
          ctx.type = 'html';
          ctx.body = pages.signedOut();
        },
      },
    },
  };
}

function fetchOnly(allowed: ReadonlySet<string>): NonNullable<Configuration['fetch']> {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : new URL(input).href;
    if (!allowed.has(url)) throw new Error('the provider calls only addresses that clients have registered');
    const { dispatcher: _dispatcher, ...rest } = init ?? {};
    return fetch(url, rest);
  };
}
