const scopeTexts: Readonly<Record<string, string>> = {
  'read:user': 'Read your profile data',
  'user:email': 'Read your e-mail addresses, private ones too',
  user: 'Read and change your profile data',
  'read:org': 'See your organizations and teams',
  repo: 'Read and write your repositories, private ones too',
};

/** Scopes that another one brings along. */
const within: Readonly<Record<string, readonly string[]>> = { user: ['read:user', 'user:email'] };

export function scopeWords(scope: string): string {
  return scopeTexts[scope] ?? scope;
}

/**
 * Reads a `scope` parameter: names between spaces or commas. Unknown ones are dropped, and so are those that another
 * one brings along: what is granted may be less than what was asked for.
 */
export function readScopes(text: string): readonly string[] {
  return reduceScopes(text.split(/[ ,]+/).filter((name) => Object.hasOwn(scopeTexts, name)));
}

export function reduceScopes(names: readonly string[]): readonly string[] {
  const broad = new Set(names.flatMap((name) => within[name] ?? []));
  return [...new Set(names)].filter((name) => !broad.has(name)).sort();
}

/** Whether scopes allow what one of them stands for. */
export function allows(scopes: readonly string[], needed: string): boolean {
  return scopes.some((scope) => scope === needed || within[scope]?.includes(needed));
}
