import { oidc } from './oidc.ts';
import type { Profile } from './profile.ts';

/** Okta: the issuer is an authorization server of the organization, such as `https://<org>.okta.com/oauth2/default`. */
export const okta: Profile = {
  ...oidc,
  label: 'Okta',
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  tokenLifetime: 3_600_000,
};
