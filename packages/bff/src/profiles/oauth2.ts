import { oidc } from './oidc.ts';
import { knownClaims, member, type Profile } from './profile.ts';

/** Any OAuth 2.0 server that says at an endpoint of its own who signed in. */
export const oauth2: Profile = {
  ...oidc,
  protocol: 'oauth2',
  scopes: [],
  logout: { ...oidc.logout, atProvider: false },
  personCalls: (_places, { userInfo }) =>
    userInfo === undefined ? [] : [{ name: 'user', url: userInfo, scopes: [], optional: false }],
  person: ({ user }) => {
    const claims = typeof user === 'object' && user !== null ? { ...user } : {};
    return knownClaims({ ...claims, sub: member(user, 'sub') ?? member(user, 'id') });
  },
};
