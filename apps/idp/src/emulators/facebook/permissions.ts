const permissions: Readonly<Record<string, string>> = {
  public_profile: 'Name and profile picture',
  email: 'E-mail address',
  user_birthday: 'Birthday',
  user_friends: 'Friends list',
};

export type ReadPermissions =
  | { readonly kind: 'read'; readonly names: readonly string[]; readonly openid: boolean }
  | { readonly kind: 'invalid'; readonly invalid: readonly string[] };

/** Reads a `scope` parameter: names between commas or spaces. `public_profile` is always among them. */
export function readPermissions(text: string): ReadPermissions {
  const asked = text.split(/[ ,]+/).filter((name) => name !== '');
  const names = asked.filter((name) => name !== 'openid');
  const invalid = names.filter((name) => !Object.hasOwn(permissions, name));
  if (invalid.length > 0) return { kind: 'invalid', invalid };
  return {
    kind: 'read',
    names: [...new Set(['public_profile', ...names])],
    openid: asked.includes('openid'),
  };
}

export function permissionWords(name: string): string {
  return permissions[name] ?? name;
}

/** Whether people may leave it out. */
export function isOptional(name: string): boolean {
  return name !== 'public_profile';
}
