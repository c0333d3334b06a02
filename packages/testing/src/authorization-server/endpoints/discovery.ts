import type { Answer } from '../../scripting/answer.ts';
import { type Provider, paths, supportedSignatures } from '../provider.ts';

/** The metadata document (OIDC Discovery §3, RFC 8414 §2). */
export async function discoveryEndpoint(provider: Provider): Promise<Answer> {
  const { issuer, settings } = provider;
  const algorithms = new Set([settings.signingAlgorithm, ...provider.keys.all().map((key) => key.alg)]);
  const metadata: Record<string, unknown> = {
    issuer,
    authorization_endpoint: `${issuer}${paths.authorize}`,
    token_endpoint: `${issuer}${paths.token}`,
    userinfo_endpoint: `${issuer}${paths.userinfo}`,
    jwks_uri: `${issuer}${paths.jwks}`,
    revocation_endpoint: `${issuer}${paths.revocation}`,
    introspection_endpoint: `${issuer}${paths.introspection}`,
    end_session_endpoint: `${issuer}${paths.endSession}`,
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    response_types_supported: ['code'],
    response_modes_supported: ['query', 'form_post', 'jwt'],
    authorization_signing_alg_values_supported: [...algorithms],
    grant_types_supported: [
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:token-exchange',
    ],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...algorithms],
    token_endpoint_auth_methods_supported: settings.clientAuthentication,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: settings.issParameter,
    backchannel_logout_supported: true,
    backchannel_logout_session_supported: true,
    frontchannel_logout_supported: true,
    frontchannel_logout_session_supported: true,
  };
  const byAssertion = settings.clientAuthentication.filter((method) => method.endsWith('_jwt'));
  if (byAssertion.length > 0) {
    metadata.token_endpoint_auth_signing_alg_values_supported = [
      ...(byAssertion.includes('client_secret_jwt') ? ['HS256'] : []),
      ...(byAssertion.includes('private_key_jwt') ? supportedSignatures : []),
    ];
  }
  metadata.request_parameter_supported = settings.requestObjects !== 'off';
  if (settings.requestObjects !== 'off') {
    metadata.request_object_signing_alg_values_supported = supportedSignatures;
  }
  if (settings.requestObjects === 'required') metadata.require_signed_request_object = true;
  if (settings.userinfoFormat === 'jwt') metadata.userinfo_signing_alg_values_supported = [...algorithms];
  if (provider.mtlsOrigin !== undefined) metadata.mtls_endpoint_aliases = aliasesAt(provider);
  if (settings.dpop !== 'off') metadata.dpop_signing_alg_values_supported = ['ES256'];
  if (settings.par !== 'off') metadata.pushed_authorization_request_endpoint = `${issuer}${paths.par}`;
  if (settings.par === 'required') metadata.require_pushed_authorization_requests = true;
  return documentAnswer(provider, await provider.changes.apply('metadata', metadata));
}

/** The same endpoints where a certificate is asked for (RFC 8705 §5). */
function aliasesAt({ issuer, mtlsOrigin, settings }: Provider): Record<string, string> {
  const at = `${mtlsOrigin}${new URL(issuer).pathname.replace(/\/$/, '')}`;
  return {
    token_endpoint: `${at}${paths.token}`,
    userinfo_endpoint: `${at}${paths.userinfo}`,
    revocation_endpoint: `${at}${paths.revocation}`,
    introspection_endpoint: `${at}${paths.introspection}`,
    ...(settings.par === 'off' ? {} : { pushed_authorization_request_endpoint: `${at}${paths.par}` }),
  };
}

/** The public keys (RFC 7517 §5). */
export async function jwksEndpoint(provider: Provider): Promise<Answer> {
  await provider.keys.current(provider.settings.signingAlgorithm);
  const keys = provider.keys.published().map((key) => ({ ...key }));
  return documentAnswer(provider, await provider.changes.apply('jwks', { keys }));
}

function documentAnswer({ settings }: Provider, document: unknown): Answer {
  const control = settings.documentCacheControl;
  const headers = {
    'content-type': 'application/json',
    ...(control === undefined ? {} : { 'cache-control': control }),
  };
  return { status: 200, headers, body: JSON.stringify(document) };
}
