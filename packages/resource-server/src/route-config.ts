import type { RouteAccess } from './access.ts';

const members = ['scopes', 'roles', 'acr', 'maxAge'] as const;

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
    throw new Error(`${route}: config.access must be 'public' or { scopes?, roles?, acr?, maxAge? }`);
  }
  const parsed: { scopes?: string[]; roles?: string[]; acr?: string[]; maxAge?: number } = {};
  for (const [name, value] of Object.entries(access)) {
    const member = members.find((known) => known === name);
    const place = `${route}: config.access.${name}`;
    if (member === undefined) {
      throw new Error(`${route}: config.access knows ${members.join(', ')}, not ${JSON.stringify(name)}`);
    }
    if (member === 'maxAge') parsed.maxAge = parseAge(value, place);
    else if (member === 'roles') parsed.roles = parseNames(value, place);
    else parsed[member] = parseTokens(value, place);
  }
  return parsed;
}

// RFC 6749 §3.3 for scopes; also what may stand between the quotes of a challenge, so it goes for acr values too.
const token = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function parseTokens(value: unknown, place: string): string[] {
  const names = parseNames(value, place);
  const odd = names.find((name) => !token.test(name));
  if (odd === undefined) return names;
  throw new Error(
    `${place}: ${JSON.stringify(odd)} must be printable ASCII without spaces, quotes, backslashes`,
  );
}

function parseNames(value: unknown, place: string): string[] {
  const names: unknown[] = Array.isArray(value) ? value : [];
  if (names.length === 0) throw new Error(`${place} must be a list with at least one name, or be left out`);
  return names.map((name) => {
    if (typeof name !== 'string' || name === '') throw new Error(`${place} must hold non-empty strings`);
    return name;
  });
}

function parseAge(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${place} must be a whole number of seconds, at least 1`);
}
