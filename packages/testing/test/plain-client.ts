import { createHash, randomBytes } from 'node:crypto';
import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { AuthorizationServer, AuthorizeOptions } from '../src/index.ts';

export const redirectUri = 'http://localhost:3000/bff/callback';

/** What a token endpoint answered; `members` is empty when the body is no JSON object. */
export interface TokenAnswer {
  status: number;
  members: Record<string, unknown>;
}

/** An OAuth client made of fetch and jose alone, so that the server is not tested against itself. */
export function createPlainClient(as: AuthorizationServer) {
  const endpoint = (path: string) => `${as.issuer}${path}`;
  const basic = () => {
    const pair = [as.client.clientId, as.client.clientSecret].map(encodeURIComponent).join(':');
    return `Basic ${Buffer.from(pair).toString('base64')}`;
  };
  const post = async (path: string, form: Record<string, string>): Promise<TokenAnswer> => {
    const response = await fetch(endpoint(path), {
      method: 'POST',
      headers: { authorization: basic() },
      body: new URLSearchParams(form),
    });
    const text = await response.text();
    const members: unknown = text === '' ? {} : JSON.parse(text);
    return { status: response.status, members: isRecord(members) ? members : {} };
  };

  return {
    post,
    startSignIn(extra: Record<string, string> = {}) {
      const verifier = randomBytes(32).toString('base64url');
      const state = randomBytes(16).toString('base64url');
      const nonce = randomBytes(16).toString('base64url');
      const url = new URL(endpoint('/authorize'));
      url.search = new URLSearchParams({
        client_id: as.client.clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'openid profile email offline_access',
        state,
        nonce,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        code_challenge_method: 'S256',
        ...extra,
      }).toString();
      return { url: url.href, verifier, state, nonce };
    },
    async signIn(extra: Record<string, string> = {}, options: AuthorizeOptions = {}) {
      const started = this.startSignIn(extra);
      const callback = new URL(await as.authorize(started.url, options));
      const code = callback.searchParams.get('code') ?? '';
      const answer = await this.exchange(code, started.verifier);
      return { ...started, callback, code, ...answer };
    },
    exchange: (code: string, verifier: string, extra: Record<string, string> = {}) =>
      post('/token', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
        ...extra,
      }),
    refresh: (token: unknown, extra: Record<string, string> = {}) =>
      post('/token', { grant_type: 'refresh_token', refresh_token: String(token), ...extra }),
    verifyIdToken: (token: unknown): Promise<{ payload: JWTPayload }> =>
      jwtVerify(String(token), createRemoteJWKSet(new URL(endpoint('/jwks'))), {
        issuer: as.issuer,
        audience: as.client.clientId,
        requiredClaims: ['iat', 'exp', 'sub'],
      }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
