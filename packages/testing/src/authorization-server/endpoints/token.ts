import { createHash } from 'node:crypto';
import { type Answer, jsonAnswer } from '../../scripting/answer.ts';
import type { Occasion } from '../changes.ts';
import { refuseUnknownClient } from '../client-authentication.ts';
import { type Proof, proofOf, withNonce } from '../dpop.ts';
import type { Grant, Issued } from '../grants.ts';
import type { Provider } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import { issueAccessToken, issueIdToken, issueRefreshToken } from '../tokens.ts';

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

/** The token endpoint (RFC 6749 §3.2). */
export async function tokenEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  return withNonce(provider, await grantTokens(provider, request));
}

async function grantTokens(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const { form } = request;
  const verifier = form.get('code_verifier');
  if (verifier) provider.canaries.add({ kind: 'code_verifier', value: verifier });
  if (request.method !== 'POST') return oauthError('invalid_request', 'POST only');
  const repeated = [...new Set(form.keys())].find(
    (name) => name !== 'resource' && form.getAll(name).length > 1,
  );
  if (repeated !== undefined) return oauthError('invalid_request', `${repeated} is repeated`);
  const refusal = await refuseUnknownClient(provider, request);
  if (refusal) return refusal;
  const proof = await proofOf(provider, request);
  if (proof.kind === 'refused') return proof.answer;

  const grantType = form.get('grant_type');
  if (grantType === 'authorization_code') return exchangeCode(provider, form, proof);
  if (grantType === 'refresh_token') return refresh(provider, form, proof);
  if (grantType === tokenExchange) return exchangeToken(provider, form, proof);
  return oauthError('unsupported_grant_type', String(grantType));
}

/** RFC 6749 §4.1.3, RFC 7636 §4.6. A code that comes twice takes its tokens with it (§4.1.2). */
async function exchangeCode(provider: Provider, form: URLSearchParams, proof: Proof): Promise<Answer> {
  const code = provider.grants.find(form.get('code') ?? '');
  if (code?.kind !== 'code') return oauthError('invalid_grant', 'unknown code');
  const { grant } = code;
  if (code.usedAt !== undefined) {
    grant.revoked = true;
    return oauthError('invalid_grant', 'the code was used before; its tokens are revoked');
  }
  if (!provider.grants.isActive(code.value, provider.now()))
    return oauthError('invalid_grant', 'expired code');
  code.usedAt = provider.now();
  if (form.get('redirect_uri') !== grant.redirectUri)
    return oauthError('invalid_grant', 'other redirect_uri');
  const verifier = form.get('code_verifier') ?? '';
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  if (!/^[\w.~-]{43,128}$/.test(verifier) || challenge !== grant.codeChallenge) {
    return oauthError('invalid_grant', 'wrong code_verifier');
  }
  if (proof.kind === 'proven') grant.jkt ??= proof.jkt;
  if (isOtherKey(grant, proof)) return oauthError('invalid_grant', 'the code is bound to another key');
  return answerTokens(provider, grant, form, { grantType: 'authorization_code', sub: grant.user.sub });
}

/** RFC 6749 §6, with rotation and reuse detection as RFC 9700 §4.14.2 has them. */
async function refresh(provider: Provider, form: URLSearchParams, proof: Proof): Promise<Answer> {
  const token = provider.grants.find(form.get('refresh_token') ?? '');
  if (token?.kind !== 'refresh_token') return oauthError('invalid_grant', 'unknown refresh token');
  const { grant } = token;
  const now = provider.now();
  if (grant.revoked || token.revoked || now >= token.expiresAt) {
    return oauthError('invalid_grant', 'the refresh token is revoked or expired');
  }
  if (token.usedAt !== undefined && now - token.usedAt >= provider.settings.reuseGracePeriod) {
    grant.revoked = true;
    return oauthError('invalid_grant', 'the refresh token was used before; its family is revoked');
  }
  if (isOtherKey(grant, proof)) return oauthError('invalid_grant', 'the grant is bound to another key');
  const occasion = { grantType: 'refresh_token', sub: grant.user.sub };
  return answerTokens(provider, grant, form, occasion, token);
}

/** RFC 8693 §2.1, for an access token of this server. */
async function exchangeToken(provider: Provider, form: URLSearchParams, proof: Proof): Promise<Answer> {
  const token = provider.grants.find(form.get('subject_token') ?? '');
  const isActive = token?.kind === 'access_token' && provider.grants.isActive(token.value, provider.now());
  if (form.get('subject_token_type') !== accessTokenType || !token || !isActive) {
    return oauthError('invalid_request', 'the subject token is no active access token');
  }
  const { grant } = token;
  if (isOtherKey(grant, proof)) return oauthError('invalid_request', 'the token is bound to another key');
  const { settings } = provider;
  const scopes = form.get('scope')?.split(' ').filter(Boolean) ?? grant.scopes;
  if (scopes.some((scope) => !grant.scopes.includes(scope))) return oauthError('invalid_scope');
  const resources = form.getAll('resource');
  const allowed = settings.resources;
  if (allowed && resources.some((one) => !allowed.includes(one))) return oauthError('invalid_target');
  const occasion = { grantType: tokenExchange, sub: grant.user.sub };
  const members = {
    access_token: await issueAccessToken(provider, grant, scopes, resources, occasion),
    issued_token_type: accessTokenType,
    token_type: tokenType(grant),
    expires_in: settings.accessTokenLifetime,
    scope: scopes.join(' '),
  };
  return jsonAnswer(await provider.changes.apply('tokenResponse', members, occasion));
}

async function answerTokens(
  provider: Provider,
  grant: Grant,
  form: URLSearchParams,
  occasion: Occasion,
  used?: Issued,
): Promise<Answer> {
  const { settings } = provider;
  const askedScopes = form.get('scope')?.split(' ').filter(Boolean);
  if (used && askedScopes?.some((scope) => !grant.scopes.includes(scope))) return oauthError('invalid_scope');
  const scopes = used && askedScopes ? askedScopes : grant.scopes;
  const resources = form.has('resource') ? form.getAll('resource') : grant.resources;
  const allowed = settings.resources;
  if (allowed && resources.some((one) => !allowed.includes(one))) return oauthError('invalid_target');

  // Before the first wait: of two uses at the same time one comes second.
  const isRotation = settings.refreshTokens === 'rotate';
  if (used && isRotation) used.usedAt ??= provider.now();
  const members: Record<string, unknown> = {
    access_token: await issueAccessToken(provider, grant, scopes, resources, occasion),
    token_type: tokenType(grant),
    expires_in: settings.accessTokenLifetime,
    scope: scopes.join(' '),
  };
  const mayRefresh = !settings.offlineAccessOnly || grant.scopes.includes('offline_access');
  if (mayRefresh && settings.refreshTokens !== 'none' && (!used || isRotation)) {
    members.refresh_token = issueRefreshToken(provider, grant);
    if (settings.refreshTokenLifetime !== undefined)
      members.refresh_expires_in = settings.refreshTokenLifetime;
  }
  if (grant.scopes.includes('openid') && (!used || settings.idTokenOnRefresh)) {
    members.id_token = await issueIdToken(provider, grant, occasion);
  }
  return jsonAnswer(await provider.changes.apply('tokenResponse', members, occasion));
}

/** Stricter than RFC 9449 §5 where the client is confidential: its refresh tokens are bound too. */
function isOtherKey(grant: Grant, proof: Proof): boolean {
  return grant.jkt !== undefined && (proof.kind !== 'proven' || proof.jkt !== grant.jkt);
}

function tokenType({ jkt }: Grant): string {
  return jkt === undefined ? 'Bearer' : 'DPoP';
}

function oauthError(error: string, description?: string): Answer {
  return jsonAnswer({ error, ...(description ? { error_description: description } : {}) }, 400);
}
