/** Of a provider's options. */
interface ScopeOptions {
  readonly scopes: readonly string[];
  readonly consents: Readonly<Record<string, readonly string[]>>;
}

/**
 * The scopes that a sign-in asks for: those of every sign-in, those that the session has already, and those of a named
 * set (incremental consent).
 *
 * @param granted what the session has; empty where there is none
 * @param consent name of a set, or null
 */
export function scopesAsked(
  { scopes, consents }: ScopeOptions,
  granted: readonly string[],
  consent: string | null,
): string[] {
  const more = consent === null ? [] : (consents[consent] ?? []);
  return [...new Set([...scopes, ...granted, ...more])];
}

/** The name of the first set that holds all of these scopes; undefined where none does. */
export function consentFor({ consents }: ScopeOptions, scopes: readonly string[]): string | undefined {
  return Object.keys(consents).find((name) => scopes.every((scope) => consents[name]?.includes(scope)));
}
