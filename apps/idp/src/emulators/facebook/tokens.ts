import { createHmac, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { isSame } from '../clients.ts';
import type { Challenge } from '../pkce.ts';
import { RecordSet } from '../state/records.ts';
import type { FacebookApp } from './app.ts';

/** What somebody answered an app. */
export interface FacebookGrant {
  readonly accountId: string;
  readonly clientId: string;
  readonly granted: readonly string[];
  readonly declined: readonly string[];
}

export interface FacebookCode {
  readonly accountId: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly challenge: Challenge | null;
  readonly nonce: string | null;
  /** An ID token comes with the access token. */
  readonly openid: boolean;
}

export interface FacebookToken {
  readonly accountId: string;
  readonly clientId: string;
  /** Seconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** What an access token is good for. */
export type TokenState =
  | { readonly kind: 'user'; readonly token: FacebookToken; readonly grant: FacebookGrant }
  | { readonly kind: 'expired'; readonly token: FacebookToken }
  | { readonly kind: 'removed'; readonly token: FacebookToken }
  | { readonly kind: 'app'; readonly clientId: string }
  | { readonly kind: 'unknown' };

/** Everything that Facebook remembers of grants and tokens. */
export function createTokens(apps: readonly FacebookApp[], database: DatabaseSync, now: () => number) {
  const grants = new RecordSet<FacebookGrant>(database, 'grant', now);
  const tokens = new RecordSet<FacebookToken>(database, 'access-token', now);
  const idOf = (accountId: string, clientId: string) => JSON.stringify([accountId, clientId]);

  return {
    codes: new RecordSet<FacebookCode>(database, 'code', now),
    grant: (accountId: string, clientId: string) => grants.find(idOf(accountId, clientId)),
    saveGrant: (grant: FacebookGrant) => grants.put(idOf(grant.accountId, grant.clientId), grant),
    /** Ends what somebody allowed an app; its tokens for them are good for nothing then. */
    endGrant: (accountId: string, clientId: string) => grants.take(idOf(accountId, clientId)),
    /** @param lifetime seconds */
    issue(accountId: string, clientId: string, lifetime: number): string {
      const token = `EAA${randomBytes(96).toString('base64url').replaceAll(/[-_]/g, 'Z')}`;
      const issuedAt = Math.floor(now() / 1000);
      tokens.put(token, { accountId, clientId, issuedAt, expiresAt: issuedAt + lifetime });
      return token;
    },
    look(text: string): TokenState {
      const app = apps.find((one) => isSame(text, appToken(one)) || isSame(text, plainAppToken(one)));
      if (app !== undefined) return { kind: 'app', clientId: app.clientId };
      const token = tokens.find(text);
      if (token === undefined) return { kind: 'unknown' };
      if (token.expiresAt <= now() / 1000) return { kind: 'expired', token };
      const grant = grants.find(idOf(token.accountId, token.clientId));
      return grant === undefined ? { kind: 'removed', token } : { kind: 'user', token, grant };
    },
  };
}

export type FacebookTokens = ReturnType<typeof createTokens>;

/** The app's own access token, as `grant_type=client_credentials` gives it. */
export function appToken({ clientId, clientSecret }: FacebookApp): string {
  return `${clientId}|${createHmac('sha256', clientSecret).update('app token').digest('base64url')}`;
}

/** Any server of the app can write this one itself. */
function plainAppToken({ clientId, clientSecret }: FacebookApp): string {
  return `${clientId}|${clientSecret}`;
}
