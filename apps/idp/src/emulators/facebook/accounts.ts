import { createHmac } from 'node:crypto';
import type { EmulatedAccount } from '../sign-in/request.ts';

export interface FacebookAccount extends EmulatedAccount {
  readonly firstName: string;
  readonly lastName: string;
  /** Somebody who signed up with a phone number has none. */
  readonly email: string | undefined;
}

/** The people of the emulator. */
export const facebookAccounts: readonly FacebookAccount[] = [
  {
    id: '1',
    login: 'frida@example.test',
    name: 'Frida Friend',
    firstName: 'Frida',
    lastName: 'Friend',
    email: 'frida@example.test',
    about: 'signed up with an e-mail address',
  },
  {
    id: '2',
    login: '+1 555 0100',
    name: 'Pat Phone',
    firstName: 'Pat',
    lastName: 'Phone',
    email: undefined,
    about: 'signed up with a phone number, has no e-mail address',
  },
];

export function facebookAccount(id: string): FacebookAccount | undefined {
  return facebookAccounts.find((account) => account.id === id);
}

/** The id that one app sees: 17 digits, another one for each app. */
export function appScopedId(accountId: string, appId: string): string {
  const hash = createHmac('sha256', `app-scoped ${appId}`).update(accountId).digest('hex');
  return String((BigInt(`0x${hash}`) % 9n ** 17n) + 10n ** 16n);
}

/** Who has an app-scoped id. */
export function accountOf(scopedId: string, appId: string): FacebookAccount | undefined {
  return facebookAccounts.find(({ id }) => appScopedId(id, appId) === scopedId);
}
