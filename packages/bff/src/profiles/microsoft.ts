import { claimsIn, oidc } from './oidc.ts';
import { knownClaims, type Profile } from './profile.ts';

/**
 * Microsoft Entra ID. The issuer has the tenant in it, so an ID token is accepted only from tenants that the operator
 * named. `email` is whatever an administrator wrote there, and never verified.
 */
export const microsoft: Profile = {
  ...oidc,
  label: 'Microsoft',
  issuers: 'per-tenant',
  organizationParameter: 'domain_hint',
  places: { web: 'https://login.microsoftonline.com', api: 'https://graph.microsoft.com', version: 'v2.0' },
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  clientAuthentication: 'client_secret_post',
  tokenLifetime: 3_600_000,
  person: (answers) => knownClaims({ ...claimsIn(answers), email_verified: undefined }),
};
