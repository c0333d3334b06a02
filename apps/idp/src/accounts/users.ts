import { type PasswordHash, passwordMatches } from './password.ts';

export type Role = 'user' | 'admin';

/** Somebody who can sign in. `sub` never changes and is not the e-mail address, which may. */
export interface User {
  readonly sub: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly roles: readonly Role[];
  readonly password: PasswordHash;
}

/** The demo's people. Both have the password `coatcheck`; the sign-in page says so. */
export const users: readonly User[] = [
  {
    sub: '05ce22ca-fad7-4365-a9dc-815660ef9b25',
    email: 'alice@example.test',
    givenName: 'Alice',
    familyName: 'Example',
    roles: ['user'],
    password: { salt: 'zwn-KA1raO6OLSIdcGSZUg', key: 'B8pVcf2LxFAms0EbGQ0XzoJcp12UzUeV7ElT8U6taKs' },
  },
  {
    sub: '5d6c96ce-0334-4b71-a576-0f95ae5b4fe8',
    email: 'admin@example.test',
    givenName: 'Ada',
    familyName: 'Admin',
    roles: ['user', 'admin'],
    password: { salt: 'wvz9OOqi42g91_IsYU1S4Q', key: 'po865DG_ulBNyGwDxisyaFqUWlfX8cYIJ0uf7Z9H6uI' },
  },
];

// Checked for a login that nobody has, so that the time tells nothing about who exists.
const nobody: PasswordHash = {
  salt: 'aM61muF84vFqQn37clCNhQ',
  key: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
};

export function userBySub(sub: string | undefined): User | undefined {
  return users.find((user) => user.sub === sub);
}

export function displayName(user: User): string {
  return `${user.givenName} ${user.familyName}`;
}

/** Who has this login and password; undefined if nobody. Unknown logins take as long as wrong passwords. */
export async function authenticate(login: string, password: string): Promise<User | undefined> {
  const email = login.trim().toLowerCase();
  const user = users.find((candidate) => candidate.email === email);
  const matches = await passwordMatches(password, user?.password ?? nobody);
  return matches ? user : undefined;
}
