type Claims = Readonly<Record<string, unknown>>;

/**
 * The scopes that a token grants: the `scope` claim, a string of names with spaces between them (RFC 8693 §4.2,
 * RFC 9068 §2.2.3). A claim of any other shape grants nothing.
 */
export function scopesIn(claims: Claims): string[] {
  const { scope } = claims;
  return typeof scope === 'string' ? [...new Set(scope.split(' ').filter((name) => name !== ''))] : [];
}

/**
 * The roles in a token (RFC 9068 §2.2.3.1). Entries that are not strings, and a claim that is no list, give none.
 *
 * @param path the members that lead to the list, for example `['roles']` or `['realm_access', 'roles']`
 */
export function rolesIn(claims: Claims, path: readonly string[]): string[] {
  let found: unknown = claims;
  for (const member of path) {
    found = isRecord(found) && Object.hasOwn(found, member) ? found[member] : undefined;
  }
  return Array.isArray(found) ? found.filter((role) => typeof role === 'string') : [];
}

/** What of `required` is not in `held`, in the order of `required`. */
export function missing(required: readonly string[], held: readonly string[]): string[] {
  return required.filter((name) => !held.includes(name));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
