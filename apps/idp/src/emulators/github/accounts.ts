import type { EmulatedAccount } from '../sign-in/request.ts';

export interface GitHubEmail {
  readonly email: string;
  readonly primary: boolean;
  readonly verified: boolean;
  readonly visibility: 'public' | 'private' | null;
}

export interface GitHubAccount extends EmulatedAccount {
  /** What the profile says; not everybody says it. */
  readonly fullName: string | null;
  readonly emails: readonly GitHubEmail[];
}

/** The people of the emulator: a private address, a public one without a name, and one that is not verified. */
export const gitHubAccounts: readonly GitHubAccount[] = [
  {
    id: '1000101',
    login: 'octavia',
    name: 'Octavia Private',
    fullName: 'Octavia Private',
    about: 'keeps her e-mail address private',
    emails: [
      { email: 'octavia@example.test', primary: true, verified: true, visibility: 'private' },
      {
        email: '1000101+octavia@users.noreply.example.test',
        primary: false,
        verified: true,
        visibility: null,
      },
    ],
  },
  {
    id: '1000102',
    login: 'hubert',
    name: 'hubert',
    fullName: null,
    about: 'has a public e-mail address and no name',
    emails: [{ email: 'hubert@example.test', primary: true, verified: true, visibility: 'public' }],
  },
  {
    id: '1000103',
    login: 'newcomer',
    name: 'Nora Newcomer',
    fullName: 'Nora Newcomer',
    about: 'has not verified her e-mail address',
    emails: [{ email: 'nora@example.test', primary: true, verified: false, visibility: 'private' }],
  },
];

export function gitHubAccount(id: string): GitHubAccount | undefined {
  return gitHubAccounts.find((account) => account.id === id);
}
