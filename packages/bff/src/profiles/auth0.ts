import { oidc } from './oidc.ts';
import type { Profile } from './profile.ts';

/** Auth0: the issuer is `https://<tenant>.auth0.com/`, with the slash. Access tokens are JWTs only for an `audience`. */
export const auth0: Profile = {
  ...oidc,
  label: 'Auth0',
  organizationParameter: 'organization',
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  clientAuthentication: 'client_secret_post',
  logout: { ...oidc.logout, hint: 'logout_hint', hintIs: 'session' },
  tokenLifetime: 86_400_000,
};
