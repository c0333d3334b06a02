import { claimsIn, oidc } from './oidc.ts';
import { knownClaims, member, type Profile } from './profile.ts';

/** Keycloak: the issuer is `https://<host>/realms/<realm>`. Roles of the realm stand in `realm_access.roles`. */
export const keycloak: Profile = {
  ...oidc,
  label: 'Keycloak',
  person(answers) {
    const claims = claimsIn(answers);
    return knownClaims({ ...claims, roles: claims.roles ?? member(claims.realm_access, 'roles') });
  },
};
