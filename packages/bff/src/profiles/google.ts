import { oidc } from './oidc.ts';
import type { Profile } from './profile.ts';

/**
 * Google. Offline access is a parameter, not a scope (`offline_access` is answered with `invalid_scope`). A refresh
 * token comes at the first consent only; `authorizationParameters: { prompt: 'consent' }` makes one come at every
 * sign-in. It does not rotate. Access tokens are opaque. There is no sign-out at the provider.
 */
export const google: Profile = {
  ...oidc,
  label: 'Google',
  issuer: 'https://accounts.google.com',
  issuers: 'without-scheme',
  organizationParameter: 'hd',
  hasHostedDomains: true,
  refusedScopes: { offline_access: 'Remove it: access_type=offline is sent instead.' },
  authorizationParameters: { access_type: 'offline' },
  // Revoking any token removes the app's grant, on every device.
  logout: { ...oidc.logout, atProvider: false, revoke: false },
  tokenLifetime: 3_600_000,
};
