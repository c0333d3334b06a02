import { emailScope, profileScope } from './accounts.ts';

/** Sign-in scopes come as a whole; of the others, people may leave some out (granular consent). */
const signInScopes: Readonly<Record<string, string>> = {
  openid: 'Associate you with your personal info',
  [emailScope]: 'See your primary e-mail address',
  [profileScope]: 'See your personal info, including what you have made public',
};

const apiScopes: Readonly<Record<string, string>> = {
  'https://www.googleapis.com/auth/calendar.readonly': 'See and download any calendar you can access',
  'https://www.googleapis.com/auth/drive.file': 'See and change the files that you use with this app',
};

const shortNames: Readonly<Record<string, string>> = { email: emailScope, profile: profileScope };

export type ReadScopes =
  | { readonly kind: 'read'; readonly scopes: readonly string[] }
  | { readonly kind: 'unknown'; readonly unknown: readonly string[] };

/** Reads a `scope` parameter. Short names become URLs; one unknown scope spoils the request. */
export function readScopes(text: string): ReadScopes {
  const names = [...new Set(text.split(' ').filter((name) => name !== ''))];
  const scopes = names.map((name) => shortNames[name] ?? name);
  const unknown = scopes.filter((name) => !(name in signInScopes) && !(name in apiScopes));
  return unknown.length > 0 ? { kind: 'unknown', unknown } : { kind: 'read', scopes: [...new Set(scopes)] };
}

export function isOptional(scope: string): boolean {
  return scope in apiScopes;
}

export function scopeWords(scope: string): string {
  return signInScopes[scope] ?? apiScopes[scope] ?? scope;
}

/** As the callback has it: short names as well as URLs. */
export function callbackScopes(scopes: readonly string[]): string {
  const short = Object.entries(shortNames).flatMap(([name, url]) => (scopes.includes(url) ? [name] : []));
  return [...short, ...scopes].join(' ');
}
