import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Challenge } from '../pkce.ts';
import { RecordSet } from '../state/records.ts';
import type { GitHubApp } from './app.ts';
import { reduceScopes } from './scopes.ts';

/** What somebody allowed an app. */
export interface GitHubGrant {
  readonly accountId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
}

export interface GitHubCode extends GitHubGrant {
  readonly redirectUri: string;
  readonly challenge: Challenge | null;
}

export interface GitHubToken extends GitHubGrant {
  /** Joins an access token and its refresh token: a refresh ends both. */
  readonly pair: string;
}

export interface NewTokens {
  readonly accessToken: string;
  /** Only for a GitHub App. */
  readonly refreshToken: string | undefined;
}

export const accessTokenLife = 8 * 60 * 60;
export const refreshTokenLife = 184 * 24 * 60 * 60;

/** Tokens that one person, app and set of scopes can have; at the next one the oldest ends. */
const mostTokens = 10;

/** Everything that GitHub remembers of grants and tokens. */
export function createTokens(database: DatabaseSync, now: () => number) {
  const grants = new RecordSet<GitHubGrant>(database, 'grant', now);
  const codes = new RecordSet<GitHubCode>(database, 'code', now);
  const accessTokens = new RecordSet<GitHubToken>(database, 'access-token', now);
  const refreshTokens = new RecordSet<GitHubToken>(database, 'refresh-token', now);
  const idOf = (accountId: string, clientId: string) => JSON.stringify([accountId, clientId]);

  const endPair = (pair: string): void => {
    accessTokens.removeWhere((token) => token.pair === pair);
    refreshTokens.removeWhere((token) => token.pair === pair);
  };

  return {
    codes,
    accessTokens,
    /** The grant so far, if there is one. */
    grant: (accountId: string, clientId: string) => grants.find(idOf(accountId, clientId)),
    /** Adds to what was allowed. */
    allow({ accountId, clientId, scopes }: GitHubGrant): void {
      const before = grants.find(idOf(accountId, clientId))?.scopes ?? [];
      const all = reduceScopes([...before, ...scopes]);
      grants.put(idOf(accountId, clientId), { accountId, clientId, scopes: all });
    },
    issue(app: GitHubApp, { accountId, clientId, scopes }: GitHubGrant): NewTokens {
      const token: GitHubToken = { accountId, clientId, scopes, pair: randomBytes(16).toString('hex') };
      const expires = app.kind === 'github-app';
      const accessToken = newToken(expires ? 'ghu_' : 'gho_', 27);
      accessTokens.put(accessToken, token, expires ? accessTokenLife : undefined);
      const refreshToken = expires ? newToken('ghr_', 57) : undefined;
      if (refreshToken !== undefined) refreshTokens.put(refreshToken, token, refreshTokenLife);

      const alike = accessTokens.list().filter(({ value }) => isAlike(value, token));
      for (const { value } of alike.slice(0, -mostTokens)) endPair(value.pair);
      return { accessToken, refreshToken };
    },
    /** Uses a refresh token up; the access token beside it ends at once. */
    takeRefreshToken(refreshToken: string, clientId: string): GitHubToken | undefined {
      const token = refreshTokens.find(refreshToken);
      if (token === undefined || token.clientId !== clientId) return undefined;
      refreshTokens.take(refreshToken);
      endPair(token.pair);
      return token;
    },
    endPair,
    /** Ends what somebody allowed an app: all their tokens with it. */
    endGrant({ accountId, clientId }: GitHubGrant): void {
      for (const set of [grants, codes, accessTokens, refreshTokens]) {
        set.removeWhere((value: GitHubGrant) => value.accountId === accountId && value.clientId === clientId);
      }
    },
  };
}

export type GitHubTokens = ReturnType<typeof createTokens>;

function newToken(prefix: string, bytes: number): string {
  const random = randomBytes(bytes).toString('base64url').replaceAll(/[-_]/g, 'x');
  // GitHub's tokens end in a checksum, so that scanners find them.
  const checksum = createHash('sha256').update(random).digest('hex').slice(0, 6);
  return `${prefix}${random}${checksum}`;
}

function isAlike(one: GitHubGrant, other: GitHubGrant): boolean {
  return (
    one.accountId === other.accountId &&
    one.clientId === other.clientId &&
    one.scopes.join() === other.scopes.join()
  );
}
