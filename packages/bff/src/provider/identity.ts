import type { ProviderSettings } from '../options/provider/provider.ts';
import type { Identity } from '../session/record.ts';

/** What a session keeps of a person's claims: those that the browser may see, and the roles. */
export function identityOf(settings: ProviderSettings, claims: Readonly<Record<string, unknown>>): Identity {
  const known = settings.userClaims.flatMap((name) =>
    Object.hasOwn(claims, name) ? [[name, claims[name]]] : [],
  );
  return { user: Object.fromEntries(known), roles: strings(claims[settings.rolesClaim]) };
}

/** The same after a refresh, where an ID token says less than at sign-in: what it does not name stays. */
export function refreshedIdentity(
  settings: ProviderSettings,
  before: Identity,
  claims: Readonly<Record<string, unknown>>,
): Identity {
  const { user, roles } = identityOf(settings, claims);
  return {
    user: { ...before.user, ...user },
    roles: Object.hasOwn(claims, settings.rolesClaim) ? roles : before.roles,
  };
}

/** The texts of a claim that is a list. */
export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}
