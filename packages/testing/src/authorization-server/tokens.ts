import { assign, type Occasion } from './changes.ts';
import { encryptFor } from './encryption.ts';
import type { Grant } from './grants.ts';
import { type JwtDraft, signJwt } from './jwt.ts';
import { type Provider, signerOf } from './provider.ts';
import type { User } from './settings.ts';

const profileClaims = [
  'name',
  'given_name',
  'family_name',
  'preferred_username',
  'picture',
  'locale',
  'updated_at',
];
const emailClaims = ['email', 'email_verified'];

/** An access token for some of the grant's scopes and resources: RFC 9068, or opaque. */
export async function issueAccessToken(
  provider: Provider,
  grant: Grant,
  scopes: string[],
  resources: string[],
  occasion: Occasion,
): Promise<string> {
  const { settings, canaries } = provider;
  const now = provider.now();
  const expiresAt = now + settings.accessTokenLifetime;
  const marker = canaries.marker('access_token');
  let value = marker;
  if (settings.accessTokenFormat === 'jwt') {
    const claims: Record<string, unknown> = {
      iss: provider.issuer,
      sub: grant.user.sub,
      aud: audienceOf(resources, settings.audience),
      client_id: settings.client.clientId,
      iat: now,
      exp: expiresAt,
      jti: marker,
      canary: marker,
      scope: scopes.join(' '),
      auth_time: grant.authTime,
      acr: grant.acr,
      roles: grant.user.roles,
      sid: grant.sid,
      ...(grant.jkt === undefined ? {} : { cnf: { jkt: grant.jkt } }),
    };
    assign(claims, settings.accessTokenClaims);
    value = await signOrReplace(provider, 'accessToken', claims, { typ: 'at+jwt' }, occasion);
  }
  canaries.add({ kind: 'access_token', value, marker });
  provider.grants.issue({ kind: 'access_token', value, grant, issuedAt: now, expiresAt });
  return value;
}

/** An opaque refresh token. */
export function issueRefreshToken(provider: Provider, grant: Grant): string {
  const value = provider.canaries.marker('refresh_token');
  const now = provider.now();
  provider.canaries.add({ kind: 'refresh_token', value, marker: value });
  const expiresAt = now + (provider.settings.refreshTokenLifetime ?? Infinity);
  provider.grants.issue({ kind: 'refresh_token', value, grant, issuedAt: now, expiresAt });
  return value;
}

/** An ID token (OIDC Core §2). After a refresh it carries no nonce (§12.2). */
export async function issueIdToken(provider: Provider, grant: Grant, occasion: Occasion): Promise<string> {
  const { settings, canaries } = provider;
  const now = provider.now();
  const expiresAt = now + settings.idTokenLifetime;
  const marker = canaries.marker('id_token');
  const claims: Record<string, unknown> = {
    iss: provider.issuer,
    sub: grant.user.sub,
    aud: settings.client.clientId,
    iat: now,
    exp: expiresAt,
    auth_time: grant.authTime,
    nonce: occasion.grantType === 'refresh_token' ? undefined : grant.nonce,
    acr: grant.acr,
    amr: settings.amr,
    sid: grant.sid,
    jti: marker,
    canary: marker,
    ...(settings.profileInIdToken ? userClaims(grant.user, grant.scopes) : {}),
  };
  assign(claims, settings.idTokenClaims);
  const value = await signOrReplace(provider, 'idToken', claims, { typ: 'JWT' }, occasion);
  canaries.add({ kind: 'id_token', value, marker });
  provider.grants.issue({ kind: 'id_token', value, grant, issuedAt: now, expiresAt });
  if (settings.idTokenEncryption === undefined) return value;
  const encrypted = await encryptFor(settings.client, settings.idTokenEncryption, value);
  canaries.add({ kind: 'id_token', value: encrypted });
  return encrypted;
}

/** The claims about a person that scopes ask for (OIDC Core §5.4). Claims of no scope are given with `profile`. */
export function userClaims(user: User, scopes: string[]): Record<string, unknown> {
  const isWanted = (claim: string) => {
    if (claim === 'sub') return true;
    if (emailClaims.includes(claim)) return scopes.includes('email');
    if (claim === 'roles') return scopes.includes('openid');
    return scopes.includes('profile') || (!profileClaims.includes(claim) && scopes.includes('openid'));
  };
  return Object.fromEntries(Object.entries(user).filter(([claim]) => isWanted(claim)));
}

async function signOrReplace(
  provider: Provider,
  point: 'idToken' | 'accessToken',
  claims: Record<string, unknown>,
  header: Record<string, unknown>,
  occasion: Occasion,
): Promise<string> {
  const draft: JwtDraft = { header, claims, signature: { by: 'server' } };
  const changed = await provider.changes.apply(point, draft, occasion);
  return typeof changed === 'string' ? changed : signJwt(signerOf(provider), draft);
}

function audienceOf(resources: string[], fallback: string): string | string[] {
  const [first, ...more] = resources;
  if (first === undefined) return fallback;
  return more.length === 0 ? first : resources;
}
