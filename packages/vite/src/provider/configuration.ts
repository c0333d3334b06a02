import type { Configuration, JWK, KoaContextWithOIDC } from 'oidc-provider';
import { messagePage, signOutPage } from './pages.ts';
import type { Records } from './records.ts';
import { claimsOf, type DevelopmentUser, extraClaims, subjectOf } from './users.ts';

/** The app behind the BFF, as the provider knows it. */
export interface DevelopmentClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;
  /** What its routes ask for. */
  readonly apiScopes: readonly string[];
  /** The audience of access tokens for which no resource is named. */
  readonly audience: string;
}

export interface ConfigurationParts {
  readonly records: Records;
  readonly signingKey: JWK;
  readonly cookieKey: string;
  readonly users: readonly DevelopmentUser[];
  readonly client: DevelopmentClient;
}

const minute = 60;
const day = 24 * 60 * minute;
/** Short, so that refreshing is part of everyday development. Seconds. */
const accessTokenLife = 5 * minute;

/** The configuration of oidc-provider: a strict server with an open door. */
export function providerConfiguration(parts: ConfigurationParts): Configuration {
  const { client, users } = parts;
  const userOf = (sub: string | undefined) => users.find((user) => subjectOf(user) === sub);
  const apiScope = client.apiScopes.join(' ');
  return {
    adapter: parts.records.adapter,
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        client_name: 'The app in development',
        redirect_uris: [client.redirectUri],
        post_logout_redirect_uris: [client.postLogoutRedirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [parts.signingKey] },
    scopes: ['openid', 'offline_access'],
    claims: {
      openid: ['sub', ...extraClaims(users)],
      profile: ['name'],
      email: ['email', 'email_verified'],
    },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    pkce: { required: () => true },
    ttl: {
      AccessToken: accessTokenLife,
      AuthorizationCode: minute,
      Grant: 14 * day,
      IdToken: 5 * minute,
      Interaction: 15 * minute,
      RefreshToken: 14 * day,
      Session: 14 * day,
    },
    rotateRefreshToken: true,
    issueRefreshToken: async () => true,
    expiresWithSession: async () => false,
    clientBasedCORS: () => false,
    loadExistingGrant: (ctx) => grantEverything(ctx, apiScope),
    findAccount: async (_ctx, sub) => {
      const user = userOf(sub);
      return user && { accountId: sub, claims: async () => claimsOf(user) };
    },
    extraTokenClaims: async (_ctx, token) => {
      const user = token.kind === 'AccessToken' ? userOf(token.accountId) : undefined;
      return user && claimsOf(user);
    },
    cookies: {
      // Ports share cookies: other servers run on this host.
      names: {
        session: 'coatcheck_dev_session',
        interaction: 'coatcheck_dev_interaction',
        resume: 'coatcheck_dev_resume',
      },
      keys: [parts.cookieKey],
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    interactions: { url: async (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: async (ctx, { error, error_description }) => {
      ctx.type = 'html';
      ctx.body = messagePage('That did not work', `${error}: ${error_description ?? 'no more is known'}`);
    },
    features: {
      devInteractions: { enabled: false },
      revocation: {
        enabled: true,
        allowedPolicy: async (_ctx, asking, token) => token.clientId === asking.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx, _client, oneOf) => oneOf ?? client.audience,
        useGrantedResource: async () => true,
        getResourceServerInfo: async (_ctx, resource) => ({
          scope: apiScope,
          audience: resource,
          accessTokenTTL: accessTokenLife,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: async (ctx, form) => {
          ctx.body = signOutPage(form);
        },
        postLogoutSuccessSource: async (ctx) => {
          ctx.type = 'html';
          ctx.body = messagePage('You are signed out', 'Nothing more to do here.');
        },
      },
    },
  };
}

/** Consent is for people who do not own the app. Each sign-in has a grant of its own, as two tabs would at any server. */
async function grantEverything(ctx: KoaContextWithOIDC, apiScope: string) {
  const { client, provider, session, resourceServers = {} } = ctx.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid profile email offline_access');
  for (const resource of Object.keys(resourceServers)) grant.addResourceScope(resource, apiScope);
  await grant.save();
  return grant;
}
