import { SignJWT } from 'jose';
import * as client from 'openid-client';
import type { ClientSecretKey } from '../options/provider/client-secret-key.ts';
import type { ProviderSettings } from '../options/provider/provider.ts';
import { signingKey } from './client-keys.ts';

type AuthenticationSettings = Pick<
  ProviderSettings,
  'clientAuthentication' | 'clientId' | 'clientSecret' | 'clientSecretKey' | 'issuerName' | 'clientKeys'
>;

/**
 * How this client proves who it is at the token endpoint and its like: PAR, revocation, introspection (RFC 6749 §2.3,
 * OpenID Connect Core §9). Always by one method, which the options have checked.
 *
 * @param now milliseconds since the epoch
 */
export function clientAuthentication(settings: AuthenticationSettings, now: () => number): client.ClientAuth {
  const secret = settings.clientSecret ?? undefined;
  if (settings.clientSecretKey !== null) return signedSecret(settings, settings.clientSecretKey, now);
  switch (settings.clientAuthentication) {
    case 'client_secret_basic':
      return client.ClientSecretBasic(secret);
    case 'client_secret_post':
      return client.ClientSecretPost(secret);
    case 'client_secret_jwt':
      return client.ClientSecretJwt(secret);
    case 'private_key_jwt':
      return privateKeyJwt(settings);
    case 'tls_client_auth':
    case 'self_signed_tls_client_auth':
      return client.TlsClientAuth();
    case 'none':
      return client.None();
  }
}

/** RFC 7523 §2.2: the audience is the issuer alone, and the key one whose algorithm the provider accepts. */
function privateKeyJwt({ clientKeys }: AuthenticationSettings): client.ClientAuth {
  return (server, metadata, body, headers) => {
    const { kid, alg, cryptoKey } = signingKey(
      clientKeys,
      server.token_endpoint_auth_signing_alg_values_supported,
    );
    const sign = client.PrivateKeyJwt(
      { key: cryptoKey, kid },
      {
        [client.modifyAssertion](header) {
          // The library knows Ed25519 by its newer name alone.
          header.alg = alg;
        },
      },
    );
    return sign(server, metadata, body, headers);
  };
}

/** Of a signed secret, which is made for one request. Seconds. */
const secretLife = 300;

/** A client secret that the client signs itself (Apple, "Creating a client secret"). */
function signedSecret(
  { clientId, issuerName }: AuthenticationSettings,
  { teamId, keyId, privateKey }: ClientSecretKey,
  now: () => number,
): client.ClientAuth {
  return async (_server, _metadata, body) => {
    const seconds = Math.floor(now() / 1_000);
    const secret = await new SignJWT({
      iss: teamId,
      sub: clientId,
      aud: issuerName,
      iat: seconds,
      exp: seconds + secretLife,
    })
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .sign(privateKey);
    body.set('client_id', clientId);
    body.set('client_secret', secret);
  };
}
