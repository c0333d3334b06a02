import type { Principal } from './principal.ts';
import { missing } from './scopes.ts';

/** What a token must hold to call a route: all of the scopes and all of the roles. */
export interface Access {
  readonly scopes?: readonly string[];
  readonly roles?: readonly string[];
}

/** `access` in a route's config. Without it any valid token will do; only `'public'` opens a route to everyone. */
export type RouteAccess = Access | 'public';

/** How a valid token fares on a route. */
export type Decision =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'missing-scope'; readonly required: readonly string[] }
  | { readonly kind: 'missing-role'; readonly missing: readonly string[] };

/** Decides whether a principal may call a route. Scopes come first: they are what the client could ask for. */
export function decide(principal: Principal, access: Access): Decision {
  const scopes = access.scopes ?? [];
  if (missing(scopes, principal.scopes).length > 0) return { kind: 'missing-scope', required: scopes };
  const roles = missing(access.roles ?? [], principal.roles);
  if (roles.length > 0) return { kind: 'missing-role', missing: roles };
  return { kind: 'allowed' };
}

// RFC 6749 §3.3; also what may stand between the quotes of a challenge.
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * Checks the `access` of a route's config; a misspelt member must not open a route.
 *
 * @param route method and path, for the message
 * @throws Error that names the route and what is wrong with it
 */
export function parseAccess(access: unknown, route: string): RouteAccess {
  if (access === undefined) return {};
  if (access === 'public') return access;
  if (typeof access !== 'object' || access === null || Array.isArray(access)) {
    throw new Error(`${route}: config.access must be 'public' or { scopes?, roles? }`);
  }
  const lists: { scopes?: string[]; roles?: string[] } = {};
  for (const [member, value] of Object.entries(access)) {
    if (member !== 'scopes' && member !== 'roles') {
      throw new Error(`${route}: config.access knows scopes and roles, not ${JSON.stringify(member)}`);
    }
    lists[member] = parseNames(value, `${route}: config.access.${member}`);
  }
  const odd = lists.scopes?.find((scope) => !scopeToken.test(scope));
  if (odd !== undefined) {
    throw new Error(
      `${route}: ${JSON.stringify(odd)} in config.access.scopes is not a scope (RFC 6749 §3.3)`,
    );
  }
  return lists;
}

function parseNames(value: unknown, place: string): string[] {
  const names: unknown[] = Array.isArray(value) ? value : [];
  if (names.length === 0) throw new Error(`${place} must be a list with at least one name, or be left out`);
  return names.map((name) => {
    if (typeof name !== 'string' || name === '') throw new Error(`${place} must hold non-empty strings`);
    return name;
  });
}
