import { oidc } from './oidc.ts';
import type { Profile } from './profile.ts';

/** Okta: the issuer is an authorization server of the organization, such as `https://<org>.okta.com/oauth2/default`. */
export const okta: Profile = {
  ...oidc,
  label: 'Okta',
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  // Without it a sign-out there fails.
  logout: { ...oidc.logout, hint: 'id_token_hint' },
  tokenLifetime: 3_600_000,
};
