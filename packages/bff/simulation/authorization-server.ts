/** How an authorization server treats refresh tokens. Times are milliseconds. */
export interface ServerPolicy {
  /** Whether each refresh brings a new refresh token (RFC 9700 §4.14.2). */
  readonly rotates: boolean;
  /** How long a refresh token may be presented again after its rotation. */
  readonly grace: number;
  /** What that brings: one more successor, or the same again. */
  readonly again: 'sibling' | 'same';
  /** What a replay after the grace does: revokes all that came from that sign-in, or is only refused. */
  readonly onReuse: 'revoke' | 'refuse';
  readonly accessLife: number;
}

/** What came from one sign-in. */
interface Family {
  readonly session: string;
  revoked: Refusal | undefined;
}

export interface RefreshToken {
  readonly value: string;
  /** Grows with each token that is issued. */
  readonly number: number;
  readonly family: Family;
  /** The request that brought its first successor. */
  rotation: { readonly at: number; readonly request: number; readonly successor: RefreshToken } | undefined;
}

export interface AccessToken {
  readonly value: string;
  readonly session: string;
  readonly resource: string;
  readonly expiresAt: number;
  /** Set to have it refused before it expires. */
  refused: boolean;
}

/** Why the server said `invalid_grant`. */
export type Refusal =
  | { readonly kind: 'revoked'; readonly by: 'client' | 'administrator' }
  | { readonly kind: 'reuse'; readonly token: RefreshToken; readonly request: number; readonly at: number };

export type ServerAnswer =
  | { readonly kind: 'tokens'; readonly access: AccessToken; readonly refresh: RefreshToken | undefined }
  | { readonly kind: 'invalid_grant'; readonly refusal: Refusal };

export interface AuthorizationServer {
  readonly policy: ServerPolicy;
  signIn(session: string, resources: readonly string[]): { refresh: RefreshToken; access: AccessToken[] };
  /** @param request tells one request from the next */
  refresh(value: string, resource: string, request: number): ServerAnswer;
  revoke(value: string): void;
  /** An administrator ends what came from a sign-in. */
  revokeSession(session: string): void;
  refreshToken(value: string): RefreshToken | undefined;
  accessToken(value: string): AccessToken | undefined;
}

/** @param name goes into each token, so that two servers never issue the same */
export function createAuthorizationServer(
  name: string,
  policy: ServerPolicy,
  now: () => number,
): AuthorizationServer {
  const refreshTokens = new Map<string, RefreshToken>();
  const accessTokens = new Map<string, AccessToken>();
  const families: Family[] = [];
  let issued = 0;

  function issueRefresh(family: Family): RefreshToken {
    issued += 1;
    const token = { value: `${name}-refresh-${issued}`, number: issued, family, rotation: undefined };
    refreshTokens.set(token.value, token);
    return token;
  }

  function issueAccess(family: Family, resource: string): AccessToken {
    issued += 1;
    const token = {
      value: `${name}-access-${issued}`,
      session: family.session,
      resource,
      expiresAt: now() + policy.accessLife,
      refused: false,
    };
    accessTokens.set(token.value, token);
    return token;
  }

  /** The refresh token that comes with the answer, or why there is none. */
  function successorOf(token: RefreshToken, request: number): RefreshToken | Refusal | undefined {
    if (!policy.rotates) return undefined;
    const { rotation, family } = token;
    if (!rotation) {
      const successor = issueRefresh(family);
      token.rotation = { at: now(), request, successor };
      return successor;
    }
    if (now() - rotation.at <= policy.grace) {
      return policy.again === 'same' ? rotation.successor : issueRefresh(family);
    }
    const refusal: Refusal = { kind: 'reuse', token, request, at: now() };
    if (policy.onReuse === 'revoke') family.revoked = refusal;
    return refusal;
  }

  return {
    policy,
    signIn(session, resources) {
      const family: Family = { session, revoked: undefined };
      families.push(family);
      const access = resources.map((resource) => issueAccess(family, resource));
      return { refresh: issueRefresh(family), access };
    },
    refresh(value, resource, request) {
      const token = refreshTokens.get(value);
      if (!token) throw new Error(`${name} never issued ${value}`);
      const { family } = token;
      if (family.revoked) return { kind: 'invalid_grant', refusal: family.revoked };
      const refresh = successorOf(token, request);
      if (refresh && 'kind' in refresh) return { kind: 'invalid_grant', refusal: refresh };
      return { kind: 'tokens', access: issueAccess(family, resource), refresh };
    },
    revoke(value) {
      const family = refreshTokens.get(value)?.family;
      if (family) family.revoked ??= { kind: 'revoked', by: 'client' };
    },
    revokeSession(session) {
      for (const family of families) {
        if (family.session === session) family.revoked ??= { kind: 'revoked', by: 'administrator' };
      }
    },
    refreshToken: (value) => refreshTokens.get(value),
    accessToken: (value) => accessTokens.get(value),
  };
}
