import type { Challenge } from '../pkce.ts';

/** Somebody who can sign in at an emulated provider. */
export interface EmulatedAccount {
  /** Never changes. */
  readonly id: string;
  /** What the person types, or what they are called. */
  readonly login: string;
  readonly name: string;
  /** A line about them on the sign-in page. */
  readonly about: string;
}

/** An authorization request that was found to be in order. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly nonce: string | null;
  readonly scopes: readonly string[];
  readonly challenge: Challenge | null;
  /** What else the provider wants to know later. */
  readonly options: Readonly<Record<string, boolean>>;
  /** Show the accounts although somebody is signed in. */
  readonly choose: boolean;
  /** Ask for consent although it was given. */
  readonly ask: boolean;
  /** Accounts that match come first: a login or a domain. */
  readonly hint: string | null;
}

/** A scope as the consent page shows it. */
export interface AskedScope {
  readonly name: string;
  readonly words: string;
  /** The person may leave it out. */
  readonly optional: boolean;
}

/** A request while its person signs in and consents; it belongs to one browser. */
export interface PendingSignIn {
  readonly browser: string;
  readonly request: AuthorizationRequest;
  /** Who was chosen. */
  readonly accountId: string | null;
}
