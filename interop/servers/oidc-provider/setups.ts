import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { makeCertificate } from '@coatcheck/testing';
import type { ClientMetadata, Configuration, JWK } from 'oidc-provider';
import { certificateHeader } from '../../front.ts';
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

const scopes = ['openid', 'profile', 'email', 'offline_access'];

const features = {
  backchannelLogout: { enabled: true },
  introspection: { enabled: true, allowedPolicy: async () => true },
  revocation: { enabled: true, allowedPolicy: async () => true },
} as const;

const usual: Setup = {
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

function like(name: string, offers: Partial<Setup['offers']>, change: Partial<Setup> = {}): Setup {
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

/** The key with which the BFF signs for itself. */
const clientKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

/**
 * FAPI 2.0 Security Profile: pushed requests, `private_key_jwt`, tokens bound by DPoP with nonces of the server, and no
 * rotation of refresh tokens (§5.3.2.1).
 */
const fapi = like(
  'FAPI 2.0 with private_key_jwt and DPoP',
  { refresh: 'keeps', idTokenAlg: 'ES256', dpop: true },
  {
    // The server compares the time in assertions and proofs with its own.
    accessTokenLife: 3,
    bff: { clientKeys: [JSON.stringify({ ...clientKey, kid: 'client', alg: 'ES256', use: 'sig' })] },
    provider: {
      scopes,
      config: {
        ...usual.provider.config,
        clientSecret: undefined,
        clientAuthentication: 'private_key_jwt',
        pushedAuthorizationRequests: 'required',
        dpop: 'required',
        idTokenSigningAlg: 'ES256',
      },
    },
    configuration: {
      rotateRefreshToken: false,
      features: {
        ...features,
        fapi: {
          enabled: true,
          profile: (_ctx, client) => (client?.clientAuthMethod === 'private_key_jwt' ? '2.0' : undefined),
        },
        pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
        dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      },
    },
    client: ({ jwksUri }) => ({
      client_secret: undefined,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      id_token_signed_response_alg: 'ES256',
      dpop_bound_access_tokens: true,
      jwks_uri: jwksUri,
    }),
  },
);

/** The certificate that the BFF shows. */
const certificate = await makeCertificate(['coatcheck']);
const shown = new X509Certificate(certificate.cert);

/** The other way of FAPI 2.0: the client shows its certificate, and its tokens are bound to that (RFC 8705). */
const fapiByCertificate = like(
  'FAPI 2.0 with a client certificate',
  { refresh: 'keeps', idTokenAlg: 'ES256', certificate },
  {
    tls: true,
    provider: {
      scopes,
      config: {
        ...usual.provider.config,
        clientSecret: undefined,
        clientAuthentication: 'self_signed_tls_client_auth',
        clientCertificate: certificate,
        pushedAuthorizationRequests: 'required',
      },
    },
    configuration: {
      rotateRefreshToken: false,
      clientAuthMethods: ['client_secret_basic', 'self_signed_tls_client_auth'],
      features: {
        ...features,
        fapi: {
          enabled: true,
          profile: (_ctx, client) => (client?.tlsClientCertificateBoundAccessTokens ? '2.0' : undefined),
        },
        pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
        mTLS: {
          enabled: true,
          certificateBoundAccessTokens: true,
          selfSignedTlsClientAuth: true,
          getCertificate: (ctx) => decodeURIComponent(ctx.get(certificateHeader)) || undefined,
        },
      },
    },
    client: () => ({
      client_secret: undefined,
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      id_token_signed_response_alg: 'ES256',
      tls_client_certificate_bound_access_tokens: true,
      jwks: {
        keys: [{ ...publicJwk(shown), x5c: [shown.raw.toString('base64')] }],
      },
    }),
  },
);

function publicJwk({ publicKey }: X509Certificate): JWK {
  const { kty, ...jwk } = publicKey.export({ format: 'jwk' });
  return { ...jwk, kty: String(kty) };
}

/** Every set-up of oidc-provider that the journeys are made with. */
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
  fapi,
  fapiByCertificate,
];
