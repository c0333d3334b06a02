import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { makeCertificate } from '@coatcheck/testing';
import type { JWK } from 'oidc-provider';
import { certificateHeader } from '../../front.ts';
import { features, like, type Setup, scopes, usual } from './setups.ts';

/** The key with which the BFF signs for itself. */
const clientKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });

/**
 * FAPI 2.0 Security Profile: pushed requests, `private_key_jwt`, tokens bound by DPoP with nonces of the server, and no
 * rotation of refresh tokens (§5.3.2.1).
 */
const byKey = like(
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
        securityProfile: 'fapi2',
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
const byCertificate = like(
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
        securityProfile: 'fapi2',
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

/** Both ways of the FAPI 2.0 Security Profile. */
export const fapiSetups: readonly Setup[] = [byKey, byCertificate];
