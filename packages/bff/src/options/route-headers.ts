import { Type } from 'typebox';
import type { ConfigProblem } from './problems.ts';

const fieldName = "^[!#$%&'*+\\-.^_`|~0-9A-Za-z]+$";
/** Printable, and without the space at its ends that would be cut off on the way. */
const fieldValue = '^[\\x21-\\x7e](?:[\\x20-\\x7e]*[\\x21-\\x7e])?$';

export const headersSchema = Type.Record(Type.String(), Type.String(), {
  description:
    'Request headers for the upstream, for example {"X-Api-Key": {"env": "API_KEY"}}. Whatever the browser sends under these names, however spelled, is dropped.',
});

export const claimHeadersSchema = Type.Record(Type.String(), Type.String({ minLength: 1 }), {
  description:
    'Request headers that tell the upstream who calls, for example {"X-User-Id": "sub"}: sub, roles, or one of userClaims. Whatever the browser sends under these names, however spelled, is dropped, on anonymous calls too.',
});

/** Claims that every session has beside its provider's `userClaims`. */
const always = ['sub', 'roles'];

/**
 * What is wrong with the headers that a route adds. Names that no route may set are told by the proxy, which knows them.
 *
 * @param route of any shape
 * @param context the claims that the route's provider gives, and all routes
 */
export function addedHeaderProblems(
  route: Record<string, unknown>,
  at: string,
  { userClaims, routes }: { userClaims: readonly unknown[]; routes: readonly Record<string, unknown>[] },
): ConfigProblem[] {
  const headers = entries(route.headers).map(([name, value]) => ({ name, value, at: `${at}.headers` }));
  const claims = entries(route.claimHeaders).map(([name, value]) => ({
    name,
    value,
    at: `${at}.claimHeaders`,
  }));
  const kept = (Array.isArray(route.forwardHeaders) ? route.forwardHeaders : []).map(String).map(spelled);
  const seen = new Set<string>();
  const problems = [...headers, ...claims].flatMap(({ name, at: place }): ConfigProblem[] => {
    const key = `${place}.${name}`;
    if (!new RegExp(fieldName).test(name)) {
      return [{ key: place, problem: 'has a name that no header can have.', fix: 'Correct or remove it.' }];
    }
    const repeats = seen.has(spelled(name));
    seen.add(spelled(name));
    if (repeats) {
      const fix = 'Many servers take _, - and any case for the same. Keep one.';
      return [{ key, problem: 'names a header again.', fix }];
    }
    if (!kept.includes(spelled(name))) return [];
    const fix = "The browser's own is always dropped. Take it out of forwardHeaders.";
    return [{ key, problem: 'is also in forwardHeaders.', fix }];
  });
  for (const { name, value, at: place } of headers) {
    if (typeof value !== 'string' || new RegExp(fieldValue).test(value)) continue;
    const fix = 'Write printable ASCII without space at its ends.';
    problems.push({ key: `${place}.${name}`, problem: 'has a value that no header can carry.', fix });
  }
  const known = [...always, ...userClaims];
  for (const { name, value, at: place } of claims) {
    if (typeof value !== 'string' || known.includes(value)) continue;
    const fix = `Known: ${known.join(', ')}. Add it to userClaims of the provider.`;
    problems.push({ key: `${place}.${name}`, problem: 'names a claim that no session has.', fix });
  }
  const elsewhere = routes.flatMap((other) => (other === route ? [] : entries(other.claimHeaders)));
  for (const [name] of elsewhere) {
    if (!kept.includes(spelled(name))) continue;
    const fix = 'No route takes it from a browser. Remove it.';
    problems.push({ key: `${at}.forwardHeaders`, problem: `names ${name}, which tells who calls.`, fix });
  }
  if (claims.length > 0 && route.session === 'none') {
    const fix = 'Set session: optional, or remove it.';
    problems.push({ key: `${at}.claimHeaders`, problem: 'has no effect without a session.', fix });
  }
  return problems;
}

function entries(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

function spelled(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9-]/g, '-');
}
