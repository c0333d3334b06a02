import type { ProfileName } from '@coatcheck/bff';
import { pathsUnder } from '@coatcheck/protocol';
import { clientMethodOf } from './checks/client.ts';
import type { Subject } from './subject.ts';

/** What to put where. */
export interface Suggestion {
  /** Members of the configuration file. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** What to register at the provider. `<publicUrl>` is the configuration's. */
  readonly register: Readonly<Record<string, string>>;
}

/**
 * The configuration for a provider that was examined: what its metadata says, and nothing that is the default anyway.
 *
 * @param clientId as it was given, or a placeholder
 */
export function suggest(subject: Subject, profileName: ProfileName, clientId: string): Suggestion {
  const { metadata, profile, issuer } = subject;
  const id = profileName === 'oidc' ? 'main' : profileName;
  const method = clientMethodOf(subject) ?? 'client_secret_basic';
  const usesKey = method === 'private_key_jwt';
  const usesCertificate = method === 'tls_client_auth' || method === 'self_signed_tls_client_auth';
  const isPerTenant = profile.issuers === 'per-tenant';
  const isPushed = metadata.flag('require_pushed_authorization_requests') === true;
  const provider = {
    id,
    ...(profileName === 'oidc' ? {} : { profile: profileName }),
    ...(profile.issuer === issuer || isPerTenant ? {} : { issuer }),
    ...(isPerTenant ? { tenants: [tenantIn(issuer)] } : {}),
    clientId,
    ...(usesKey || usesCertificate ? {} : { clientSecret: { env: 'CLIENT_SECRET' } }),
    ...(usesCertificate
      ? { clientCertificate: { cert: { file: 'client.crt' }, key: { file: 'client.key' } } }
      : {}),
    ...(method === profile.clientAuthentication ? {} : { clientAuthentication: method }),
    ...(sameList(scopesFor(subject), profile.scopes) ? {} : { scopes: scopesFor(subject) }),
    ...(profile.protocol === 'oauth2' ? { endpoints: endpointsIn(subject) } : {}),
    ...(isPushed ? { pushedAuthorizationRequests: 'required' } : {}),
  };
  return {
    configuration: {
      ...(usesKey ? { clientKeys: [{ file: 'client-key.json' }] } : {}),
      providers: [provider],
    },
    register: addresses(subject, id, usesKey),
  };
}

/** The endpoints, for a profile that reads no metadata. */
function endpointsIn({ metadata }: Subject): Readonly<Record<string, string>> {
  // As a URL is written, and so without anything that a terminal obeys.
  const at = (member: string) => URL.parse(metadata.text(member) ?? '')?.href;
  const named = {
    authorization: at('authorization_endpoint'),
    token: at('token_endpoint'),
    userInfo: at('userinfo_endpoint') ?? '<where it says who signed in>',
    revocation: at('revocation_endpoint'),
  };
  return Object.fromEntries(Object.entries(named).flatMap(([name, url]) => (url ? [[name, url]] : [])));
}

/** The id of the tenant whose issuer it is, or a placeholder. */
function tenantIn(issuer: string): string {
  return /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(issuer)?.[0] ?? '<tenant id>';
}

/** The profile's scopes, as far as the provider has them, and what refresh tokens need. */
function scopesFor({ metadata, profile }: Subject): readonly string[] {
  const offered = metadata.texts('scopes_supported');
  const usual = profile.scopes.filter((scope) => scope === 'openid' || (offered?.includes(scope) ?? true));
  const more =
    offered?.includes('offline_access') &&
    profile.refusedScopes.offline_access === undefined &&
    !usual.includes('offline_access');
  return more ? [...usual, 'offline_access'] : usual;
}

function addresses({ metadata }: Subject, id: string, usesKey: boolean): Readonly<Record<string, string>> {
  const paths = pathsUnder();
  const at = (path: string) => `<publicUrl>${path}`;
  return {
    'redirect URI': at(`${paths.callback}/${id}`),
    ...(metadata.text('end_session_endpoint') === undefined
      ? {}
      : { 'post-logout redirect URI': at(paths.logoutCallback) }),
    ...(metadata.flag('backchannel_logout_supported')
      ? { 'back-channel logout URI': at(`${paths.backchannelLogout}/${id}`) }
      : {}),
    ...(metadata.flag('frontchannel_logout_supported')
      ? { 'front-channel logout URI': at(paths.frontchannelLogout) }
      : {}),
    ...(usesKey ? { 'key set (JWKS) URI': at(paths.jwks) } : {}),
  };
}

function sameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text) => other.includes(text));
}
