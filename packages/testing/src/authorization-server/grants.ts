import { randomUUID } from 'node:crypto';
import type { User } from './settings.ts';

/** What a user has allowed the client at one sign-in: the family of all its tokens. */
export interface Grant {
  id: string;
  user: User;
  redirectUri: string;
  scopes: string[];
  resources: string[];
  sid: string;
  authTime: number;
  nonce?: string;
  acr?: string;
  codeChallenge?: string;
  /** Thumbprint of the key that its tokens are bound to. */
  jkt?: string;
  revoked: boolean;
}

export type IssuedKind = 'code' | 'access_token' | 'refresh_token' | 'id_token';

/** A code or token, and what has become of it. Times are Unix time in seconds by the server's clock. */
export interface Issued {
  kind: IssuedKind;
  value: string;
  grant: Grant;
  issuedAt: number;
  expiresAt: number;
  /** A code that was redeemed, a refresh token that was rotated. */
  usedAt?: number;
  revoked: boolean;
}

/** All grants and tokens of one server. */
export interface Grants {
  create(grant: Omit<Grant, 'id' | 'revoked'>): Grant;
  issue(token: Pick<Issued, 'kind' | 'value' | 'grant' | 'issuedAt' | 'expiresAt'>): Issued;
  find(value: string): Issued | undefined;
  /** Neither expired, used nor revoked, alone or with its family. */
  isActive(value: string, now: number): boolean;
  /** Ends the grants of a subject, or all: refresh gives `invalid_grant`, access tokens are no longer active. */
  revoke(sub?: string): void;
  all(): Issued[];
}

/** Starts empty. */
export function createGrants(): Grants {
  const grants: Grant[] = [];
  const issued = new Map<string, Issued>();
  return {
    create(members) {
      const grant: Grant = { ...members, id: randomUUID(), revoked: false };
      grants.push(grant);
      return grant;
    },
    issue(token) {
      const record: Issued = { ...token, revoked: false };
      issued.set(token.value, record);
      return record;
    },
    find: (value) => issued.get(value),
    isActive(value, now) {
      const token = issued.get(value);
      return (
        token !== undefined &&
        !token.revoked &&
        !token.grant.revoked &&
        !token.usedAt &&
        now < token.expiresAt
      );
    },
    revoke(sub) {
      for (const grant of grants) if (sub === undefined || grant.user.sub === sub) grant.revoked = true;
    },
    all: () => [...issued.values()],
  };
}
