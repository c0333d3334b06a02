import {
  type AuthorizationServer,
  headerValues,
  type RecordedRequest,
  type Upstream,
} from '@coatcheck/testing';

/** The refresh requests that the authorization server got, in order. */
export function refreshes(as: AuthorizationServer): RecordedRequest[] {
  return as.requestsOf('token').filter(({ form }) => form.get('grant_type') === 'refresh_token');
}

/** The refresh tokens of those requests. */
export function refreshTokensSent(as: AuthorizationServer): (string | null)[] {
  return refreshes(as).map(({ form }) => form.get('refresh_token'));
}

/** The access token of each request that the upstream got, in order. */
export function tokensAt(upstream: Upstream): string[] {
  return upstream.requests.map((request) => {
    const values = headerValues(request, 'authorization');
    if (values.length !== 1) throw new Error(`${values.length} Authorization fields`);
    return values[0]?.replace(/^Bearer /, '') ?? '';
  });
}

/** Access tokens in the order in which they were issued. */
export function accessTokensOf(as: AuthorizationServer): string[] {
  return as.issued().flatMap(({ kind, value }) => (kind === 'access_token' ? [value] : []));
}

/** The claims of a JWT, unchecked. */
export function claimsOf(token: string): Record<string, unknown> {
  const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return typeof claims === 'object' && claims !== null ? { ...claims } : {};
}
