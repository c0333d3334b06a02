import {
  type AuthorizationServer,
  headerValues,
  type Upstream,
  type UpstreamRequest,
} from '@coatcheck/testing';
import { claimsOf, refreshes } from '../evidence/tokens.ts';
import { audienceOf } from './resources.ts';

/** What the authorization server and the resources saw, whatever the instances say. */
export interface Ledger {
  /** The refresh requests of one person in this scenario, in order of arrival. */
  refreshesOf(sub: string): RefreshSeen[];
  /** Refresh tokens that were sent more than once in this scenario: whose, and how often. */
  repeated(): { readonly sub: string; readonly times: number; readonly at: readonly number[] }[];
  /** The refresh token that the server gave to a person last. */
  newest(sub: string): string | undefined;
  /** Over all scenarios. */
  totals(): Totals;
  /** Ends a scenario: what was recorded counts, and is forgotten. */
  settle(): void;
}

export interface RefreshSeen {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly refreshToken: string;
  readonly resource: string | null;
}

export interface Totals {
  readonly refreshes: number;
  readonly forwarded: number;
  /** Paths that were forwarded without exactly one token, of that very person and for that very resource. */
  readonly wrong: readonly string[];
}

export function createLedger(as: AuthorizationServer, upstream: Upstream): Ledger {
  const owners = new Map<string, string>();
  let settled: Totals = { refreshes: 0, forwarded: 0, wrong: [] };

  function ownerOf(refreshToken: string): string {
    if (!owners.has(refreshToken))
      for (const { value, grant } of as.issued()) owners.set(value, grant.user.sub);
    return owners.get(refreshToken) ?? 'nobody';
  }
  function seen(): RefreshSeen[] {
    return refreshes(as).map(({ form, time }) => ({
      time,
      refreshToken: form.get('refresh_token') ?? '',
      resource: form.get('resource'),
    }));
  }
  function totals(): Totals {
    return {
      refreshes: settled.refreshes + refreshes(as).length,
      forwarded: settled.forwarded + upstream.requests.length,
      wrong: [...settled.wrong, ...upstream.requests.flatMap((one) => (isRight(one) ? [] : [one.path]))],
    };
  }
  return {
    refreshesOf: (sub) => seen().filter(({ refreshToken }) => ownerOf(refreshToken) === sub),
    repeated() {
      const requests = Map.groupBy(seen(), ({ refreshToken }) => refreshToken);
      return [...requests]
        .filter(([, same]) => same.length > 1)
        .map(([refreshToken, same]) => ({
          sub: ownerOf(refreshToken),
          times: same.length,
          at: same.map(({ time }) => time),
        }));
    },
    newest: (sub) =>
      as.issued().findLast(({ kind, grant }) => kind === 'refresh_token' && grant.user.sub === sub)?.value,
    totals,
    settle() {
      settled = totals();
      as.clearRecords();
      upstream.clearRecords();
    },
  };
}

/** A path is `/resource/sub/number`. */
function isRight(request: UpstreamRequest): boolean {
  const [, resource = '', sub] = request.path.split('/');
  const [authorization, second] = headerValues(request, 'authorization');
  if (authorization === undefined || second !== undefined) return false;
  const claims = claimsOf(authorization.replace(/^Bearer /, ''));
  return claims.sub === sub && claims.aud === audienceOf(resource);
}
