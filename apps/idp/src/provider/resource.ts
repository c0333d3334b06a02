import type { ResourceServer } from 'oidc-provider';
import { apiScopeNames } from './scopes.ts';

/**
 * The demo API as the provider knows it: JWT access tokens (RFC 9068) for its audience.
 *
 * @param accessTokenTtl seconds
 */
export function apiResource(audience: string, accessTokenTtl: number): ResourceServer {
  return {
    scope: apiScopeNames.join(' '),
    audience,
    accessTokenTTL: accessTokenTtl,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
}
