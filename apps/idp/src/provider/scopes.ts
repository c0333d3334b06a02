import type { User } from '../accounts/users.ts';

/** Scopes about the person, with what the consent page says of each. */
const identityScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are',
  profile: 'See your name and roles',
  email: 'See your e-mail address',
  offline_access: 'Stay connected until you sign out',
};

/** Scopes of the demo API. */
const apiScopes: Readonly<Record<string, string>> = {
  'notes:read': 'Read your notes',
  'notes:write': 'Create, change and delete notes',
  admin: 'See all users, as an administrator',
};

export const identityScopeNames: readonly string[] = Object.keys(identityScopes);
export const apiScopeNames: readonly string[] = Object.keys(apiScopes);

/** What a scope allows, in words. */
export function scopeInWords(scope: string): string {
  return identityScopes[scope] ?? apiScopes[scope] ?? scope;
}

/** Requested scopes, sorted by whom they concern; scopes nobody knows are left out (RFC 6749 §3.3). */
export interface ScopeRequest {
  readonly identity: readonly string[];
  readonly api: readonly string[];
  /** Asked for, but not for this user: left out of the grant, and the token response says so by its `scope`. */
  readonly refused: readonly string[];
}

/** Sorts what a client asks for into what this user can grant and what not. */
export function sortScopes(requested: Iterable<string>, user: User): ScopeRequest {
  const scopes = new Set(requested);
  const api = apiScopeNames.filter((scope) => scopes.has(scope));
  const allowed = (scope: string) => scope !== 'admin' || user.roles.includes('admin');
  return {
    identity: identityScopeNames.filter((scope) => scopes.has(scope)),
    api: api.filter(allowed),
    refused: api.filter((scope) => !allowed(scope)),
  };
}
