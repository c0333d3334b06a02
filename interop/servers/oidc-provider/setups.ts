import type { ClientMetadata, Configuration } from 'oidc-provider';
import type { ClientWanted, ServerKind } from '../server.ts';

/** One way to set oidc-provider up, and what the BFF is told about it. */
export interface Setup {
  readonly name: string;
  readonly offers: ServerKind['offers'];
  readonly accessTokenLife: number;
  readonly provider: ServerKind['provider'];
  readonly route?: NonNullable<ServerKind['route']>;
  readonly tls?: boolean;
  readonly bff?: NonNullable<ServerKind['bff']>;
  readonly configuration: Configuration;
  readonly client: (wanted: ClientWanted) => Partial<ClientMetadata>;
}

export const scopes = ['openid', 'profile', 'email', 'offline_access'];

/** What every set-up has switched on. */
export const features = {
  backchannelLogout: { enabled: true },
  introspection: { enabled: true, allowedPolicy: async () => true },
  revocation: { enabled: true, allowedPolicy: async () => true },
} as const;

export const usual: Setup = {
  name: 'plain',
  offers: {
    refresh: 'rotates',
    accessToken: 'opaque',
    idTokenAlg: 'RS256',
    par: true,
    iss: true,
    dpop: false,
    revocation: true,
    saysInvalidGrant: true,
    rpInitiatedLogout: true,
    backchannelLogout: true,
    frontchannelLogout: false,
    keyRotation: true,
  },
  accessTokenLife: 60,
  // The server asks for consent at every sign-in, else it gives no offline access (OpenID Connect Core §11).
  provider: { scopes, config: { authorizationParameters: { prompt: 'consent' } } },
  configuration: { rotateRefreshToken: true, features },
  client: () => ({}),
};

/** The plain set-up, with changes. */
export function like(name: string, offers: Partial<Setup['offers']>, change: Partial<Setup> = {}): Setup {
  return { ...usual, ...change, name, offers: { ...usual.offers, ...offers } };
}

function signedBy(alg: 'ES256' | 'PS256' | 'Ed25519'): Setup {
  return like(
    `ID tokens by ${alg}`,
    { idTokenAlg: alg },
    { client: () => ({ id_token_signed_response_alg: alg }) },
  );
}

const resource = 'urn:interop:api';

/** Access tokens of RFC 9068 for the API, asked for by resource indicator (RFC 8707). */
const jwtAccessTokens = like(
  'JWT access tokens',
  { accessToken: 'jwt' },
  {
    route: { resource },
    configuration: {
      rotateRefreshToken: true,
      features: {
        ...features,
        resourceIndicators: {
          enabled: true,
          useGrantedResource: async () => true,
          getResourceServerInfo: async () => ({
            scope: '',
            audience: resource,
            accessTokenTTL: 60,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          }),
        },
      },
    },
  },
);

/** The set-ups that any client may meet. */
export const setups: readonly Setup[] = [
  usual,
  like(
    'no rotation of refresh tokens',
    { refresh: 'keeps' },
    { configuration: { rotateRefreshToken: false, features } },
  ),
  like(
    'no refresh tokens, no PAR',
    { refresh: 'none', par: false },
    {
      provider: {},
      configuration: { features: { ...features, pushedAuthorizationRequests: { enabled: false } } },
      client: () => ({
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
      }),
    },
  ),
  like(
    'PAR required',
    {},
    {
      provider: {
        ...usual.provider,
        config: { ...usual.provider.config, pushedAuthorizationRequests: 'required' },
      },
      configuration: {
        rotateRefreshToken: true,
        features: {
          ...features,
          pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
        },
      },
    },
  ),
  jwtAccessTokens,
  signedBy('ES256'),
  signedBy('PS256'),
  signedBy('Ed25519'),
];
