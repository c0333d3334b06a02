import type { ProviderSettings } from '../options/provider/provider.ts';
import { type Claims, member } from '../profiles/profile.ts';
import type { Identity } from '../session/record.ts';

/**
 * A person's claims by our names, from whatever the provider said.
 *
 * @param answers by name: `claims` of the ID token and userinfo, or what the profile's calls brought
 */
export function claimsOf(
  { profile, claimMapping }: Pick<ProviderSettings, 'profile' | 'claimMapping'>,
  answers: Readonly<Record<string, unknown>>,
): Claims {
  const first = answers.claims ?? answers.user;
  const mapped = Object.entries(claimMapping).flatMap(([name, path]) => {
    const value = path.reduce<unknown>(member, first);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...profile.person(answers), ...Object.fromEntries(mapped) };
}

/**
 * What the ID token and userinfo say together; the ID token wins. Whether an address is verified is said of that address
 * alone: of another one it means nothing.
 */
export function claimsTogether(signed: Claims, more: Claims): Claims {
  const [named, other] = Object.hasOwn(signed, 'email') ? [signed, more] : [more, signed];
  const said = other.email === named.email ? { ...other, ...named } : named;
  return { ...more, ...signed, email_verified: said.email_verified };
}

/** What a session keeps of a person's claims: those that the browser may see, and the roles, and what the rules of access look at. */
export function identityOf(settings: ProviderSettings, claims: Claims): Identity {
  const { userClaims, accessClaims, rolesClaim } = settings;
  return {
    user: pick(claims, userClaims),
    roles: strings(claims[rolesClaim]),
    ...(accessClaims.length === 0 ? {} : { facts: pick(claims, accessClaims) }),
  };
}

function pick(claims: Claims, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => (Object.hasOwn(claims, name) ? [[name, claims[name]]] : [])),
  );
}

/**
 * The same after a refresh, where an ID token says less than at sign-in: what it does not name stays. Whether an address
 * is verified is said of that address alone: with another one, what was said before means nothing.
 *
 * @param said the claims of the ID token, by the provider's names
 */
export function refreshedIdentity(settings: ProviderSettings, before: Identity, said: Claims): Identity {
  const found = claimsOf(settings, { claims: said });
  const known = before.facts?.email ?? before.user.email;
  const isOther = Object.hasOwn(found, 'email') && found.email !== known;
  const claims = isOther ? { email_verified: false, ...found } : found;
  const { user, roles, facts } = identityOf(settings, claims);
  return {
    user: { ...before.user, ...user },
    roles: Object.hasOwn(claims, settings.rolesClaim) ? roles : before.roles,
    ...(facts === undefined ? {} : { facts: { ...before.facts, ...facts } }),
  };
}

/** The texts of a claim that is a list. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
