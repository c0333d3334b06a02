import type { EmulatedAccount } from '../sign-in/request.ts';

export interface GoogleAccount extends EmulatedAccount {
  readonly givenName: string;
  readonly familyName: string;
  /** The domain of a Workspace account; a consumer's account has none. */
  readonly hostedDomain: string | undefined;
}

/** The people of the emulator: a consumer and two Workspace domains. */
export const googleAccounts: readonly GoogleAccount[] = [
  {
    id: '108204268033311374519',
    login: 'maya@mail.example.test',
    name: 'Maya Consumer',
    givenName: 'Maya',
    familyName: 'Consumer',
    hostedDomain: undefined,
    about: 'personal account',
  },
  {
    id: '110169484474386276334',
    login: 'lin@acme.example.test',
    name: 'Lin Acme',
    givenName: 'Lin',
    familyName: 'Acme',
    hostedDomain: 'acme.example.test',
    about: 'Workspace of acme.example.test',
  },
  {
    id: '117300458123904567812',
    login: 'sam@globex.example.test',
    name: 'Sam Globex',
    givenName: 'Sam',
    familyName: 'Globex',
    hostedDomain: 'globex.example.test',
    about: 'Workspace of globex.example.test',
  },
];

export function googleAccount(id: string): GoogleAccount | undefined {
  return googleAccounts.find((account) => account.id === id);
}

/** Claims about somebody, as far as the scopes go. */
export function googleClaims(id: string, scopes: readonly string[], origin: string): Record<string, unknown> {
  const account = googleAccount(id);
  if (account === undefined) return { sub: id };
  return {
    sub: id,
    ...(account.hostedDomain !== undefined && { hd: account.hostedDomain }),
    ...(scopes.includes(emailScope) && { email: account.login, email_verified: true }),
    ...(scopes.includes(profileScope) && {
      name: account.name,
      given_name: account.givenName,
      family_name: account.familyName,
      picture: `${origin}/picture/${id}.svg`,
    }),
  };
}

export const emailScope = 'https://www.googleapis.com/auth/userinfo.email';
export const profileScope = 'https://www.googleapis.com/auth/userinfo.profile';
