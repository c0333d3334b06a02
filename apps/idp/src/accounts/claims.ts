import { displayName, type User } from './users.ts';

/** Claim names by scope (OpenID Connect Core §5.4); `roles` comes with the profile. */
export const claimsByScope = {
  openid: ['sub', 'auth_time', 'acr', 'amr'],
  profile: ['name', 'given_name', 'family_name', 'roles'],
  email: ['email', 'email_verified'],
} as const;

/** Everything known about a user; which of it is told depends on the granted scopes. */
export function claimsOf(user: User) {
  return {
    sub: user.sub,
    name: displayName(user),
    given_name: user.givenName,
    family_name: user.familyName,
    roles: [...user.roles],
    email: user.email,
    email_verified: true,
  };
}
