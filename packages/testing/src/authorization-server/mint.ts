import type { Change } from './changes.ts';
import type { JwtDraft } from './jwt.ts';
import { signJwt } from './jwt.ts';
import { type Provider, signerOf } from './provider.ts';

export interface AccessTokenOptions {
  sub?: string;
  scopes?: string[];
  audience?: string | string[];
  roles?: string[];
  /** Seconds; negative for one that has expired. */
  lifetime?: number;
  /** Further claims, or others; undefined takes one out. */
  claims?: Record<string, unknown>;
}

/** Makes tokens outside any flow, in the server's name. */
export interface Mint {
  /** An `at+jwt` access token (RFC 9068) as a resource server expects it. */
  issueAccessToken(options?: AccessTokenOptions, change?: Change<JwtDraft>): Promise<string>;
  /** A logout token (OpenID Connect Back-Channel Logout §2.4). Give `sub`, `sid` or both. */
  signLogoutToken(claims: Record<string, unknown>, change?: Change<JwtDraft>): Promise<string>;
  /** Posts a new logout token to a client's back-channel logout URI (§2.5). */
  sendLogoutToken(uri: string, claims: Record<string, unknown>, change?: Change<JwtDraft>): Promise<Response>;
  /** Any claims under any header, signed with the server's key. */
  sign(
    claims: Record<string, unknown>,
    header?: Record<string, unknown>,
    change?: Change<JwtDraft>,
  ): Promise<string>;
}

const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

export function createMint(provider: Provider): Mint {
  const { canaries, settings } = provider;

  const sign: Mint['sign'] = async (claims, header = {}, change) => {
    const draft: JwtDraft = { header, claims: { ...claims }, signature: { by: 'server' } };
    const changed = await change?.(draft, {});
    return typeof changed === 'string' ? changed : signJwt(signerOf(provider), draft);
  };

  const mint: Mint = {
    sign,
    async issueAccessToken(options = {}, change) {
      const now = provider.now();
      const marker = canaries.marker('access_token');
      const lifetime = options.lifetime ?? settings.accessTokenLifetime;
      const claims: Record<string, unknown> = {
        iss: provider.issuer,
        sub: options.sub ?? settings.user.sub,
        aud: options.audience ?? settings.audience,
        client_id: settings.client.clientId,
        iat: Math.min(now, now + lifetime),
        exp: now + lifetime,
        jti: marker,
        canary: marker,
        scope: (options.scopes ?? []).join(' '),
        roles: options.roles ?? settings.user.roles,
        ...options.claims,
      };
      const value = await sign(claims, { typ: 'at+jwt' }, change);
      canaries.add({ kind: 'access_token', value, marker });
      return value;
    },
    async signLogoutToken(claims, change) {
      const now = provider.now();
      const marker = canaries.marker('logout_token');
      const standard = {
        iss: provider.issuer,
        aud: settings.client.clientId,
        iat: now,
        exp: now + 120,
        jti: marker,
        events: { [logoutEvent]: {} },
      };
      const value = await sign({ ...standard, ...claims }, { typ: 'logout+jwt' }, change);
      canaries.add({ kind: 'logout_token', value, marker });
      return value;
    },
    async sendLogoutToken(uri, claims, change) {
      const body = new URLSearchParams({ logout_token: await mint.signLogoutToken(claims, change) });
      return fetch(uri, { method: 'POST', body, redirect: 'manual' });
    },
  };
  return mint;
}
