/** Somebody who can sign in at the embedded provider; there are no passwords. */
export interface DevelopmentUser {
  /** Also the login name. */
  readonly email: string;
  /** Default: the e-mail address. */
  readonly name?: string;
  /** The subject at the provider. Default: the e-mail address. */
  readonly sub?: string;
  /** Further claims for the ID token, the access token and the app, for example `{ roles: ['admin'] }`. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export const defaultUsers: readonly DevelopmentUser[] = [
  { email: 'alice@example.test', name: 'Alice Example', claims: { roles: ['user'] } },
  { email: 'admin@example.test', name: 'Ada Admin', claims: { roles: ['user', 'admin'] } },
];

export function subjectOf({ sub, email }: DevelopmentUser): string {
  return sub ?? email;
}

/** What tokens say of a user (OpenID Connect Core §5.1). */
export function claimsOf(user: DevelopmentUser): { sub: string; [claim: string]: unknown } {
  const { email, name = email, claims } = user;
  return { ...claims, sub: subjectOf(user), name, email, email_verified: true };
}

/** Names of the claims that only some users have. */
export function extraClaims(users: readonly DevelopmentUser[]): string[] {
  return [...new Set(users.flatMap(({ claims }) => Object.keys(claims ?? {})))];
}
