import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Challenge } from '../pkce.ts';
import { RecordSet } from '../state/records.ts';

/** What somebody allowed an app. There is one grant for both, whatever the number of devices. */
export interface GoogleGrant {
  readonly accountId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

export interface GoogleCode extends GoogleGrant {
  readonly redirectUri: string;
  readonly challenge: Challenge | null;
  readonly nonce: string | null;
  /** A refresh token comes with it. */
  readonly offline: boolean;
}

export interface GoogleToken extends GoogleGrant {
  /** Seconds since the epoch; refresh tokens have none. */
  readonly expiresAt: number | null;
  readonly offline: boolean;
}

/** Refresh tokens that one person and one app can have; older ones stop working without a word. */
const mostRefreshTokens = 100;

/** Everything that Google remembers of grants. */
export function createGrants(database: DatabaseSync, now: () => number) {
  const grants = new RecordSet<GoogleGrant>(database, 'grant', now);
  const codes = new RecordSet<GoogleCode>(database, 'code', now);
  const accessTokens = new RecordSet<GoogleToken>(database, 'access-token', now);
  const refreshTokens = new RecordSet<GoogleToken>(database, 'refresh-token', now);
  const idOf = (accountId: string, clientId: string) => JSON.stringify([accountId, clientId]);

  return {
    codes,
    accessTokens,
    refreshTokens,
    /** The scopes allowed so far. */
    allowed: (accountId: string, clientId: string): readonly string[] =>
      grants.find(idOf(accountId, clientId))?.scopes ?? [],
    /** Adds to what was allowed. */
    allow({ accountId, clientId, scopes }: GoogleGrant): void {
      const id = idOf(accountId, clientId);
      const all = [...new Set([...(grants.find(id)?.scopes ?? []), ...scopes])];
      grants.put(id, { accountId, clientId, scopes: all });
    },
    newAccessToken(grant: GoogleGrant, offline: boolean, lifetime: number): string {
      const token = `ya29.${randomBytes(96).toString('base64url')}`;
      const expiresAt = Math.floor(now() / 1000) + lifetime;
      accessTokens.put(token, { ...pick(grant), expiresAt, offline }, lifetime);
      return token;
    },
    newRefreshToken(grant: GoogleGrant): string {
      const token = `1//0${randomBytes(48).toString('base64url')}`;
      refreshTokens.put(token, { ...pick(grant), expiresAt: null, offline: true });
      const own = refreshTokens.list().filter(({ value }) => isSame(value, grant));
      for (const { key } of own.slice(0, -mostRefreshTokens)) refreshTokens.remove(key);
      return token;
    },
    /** Revoking any token ends the whole grant: all tokens, on all devices, and the consent. */
    revoke(token: string): boolean {
      const found = accessTokens.find(token) ?? refreshTokens.find(token);
      if (found === undefined) return false;
      for (const set of [accessTokens, refreshTokens, codes, grants]) {
        set.removeWhere((value: GoogleGrant) => isSame(value, found));
      }
      return true;
    },
  };
}

export type GoogleGrants = ReturnType<typeof createGrants>;

function pick({ accountId, clientId, scopes }: GoogleGrant): GoogleGrant {
  return { accountId, clientId, scopes };
}

function isSame(one: GoogleGrant, other: GoogleGrant): boolean {
  return one.accountId === other.accountId && one.clientId === other.clientId;
}
