import { createHash } from 'node:crypto';
import { type Answer, type Call, json } from '../call.ts';
import { presentedClient } from '../clients.ts';
import type { EmulatedClient } from '../emulator.ts';
import { verifierFits } from '../pkce.ts';
import type { Signer } from '../state/signing-key.ts';
import { googleClaims } from './accounts.ts';
import type { GoogleGrant, GoogleGrants } from './grants.ts';

export interface GoogleTokenParts {
  readonly clients: readonly EmulatedClient[];
  readonly grants: GoogleGrants;
  readonly signer: Signer;
  readonly origin: string;
  /** As ID tokens name it. */
  readonly issuer: string;
  /** Seconds. */
  readonly accessTokenTtl: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const hour = 3600;

/** `POST /token`: a code or a refresh token becomes tokens. */
export async function tokenEndpoint(parts: GoogleTokenParts, call: Call): Promise<Answer> {
  const { client, proven } = presentedClient(parts.clients, call);
  if (client === undefined) return refused(401, 'invalid_client', 'The OAuth client was not found.');
  if (!proven) return refused(401, 'invalid_client', 'Unauthorized');
  const grantType = call.form.get('grant_type');
  if (grantType === 'authorization_code') return fromCode(parts, client, call.form);
  if (grantType === 'refresh_token') return fromRefreshToken(parts, client, call.form);
  return refused(400, 'unsupported_grant_type', `Invalid grant_type: ${grantType ?? ''}`);
}

async function fromCode(
  parts: GoogleTokenParts,
  { clientId }: EmulatedClient,
  form: URLSearchParams,
): Promise<Answer> {
  const code = parts.grants.codes.take(form.get('code') ?? '');
  if (code === undefined || code.clientId !== clientId)
    return refused(400, 'invalid_grant', 'Malformed auth code.');
  if (code.redirectUri !== form.get('redirect_uri'))
    return refused(400, 'redirect_uri_mismatch', 'Bad Request');
  if (!verifierFits(code.challenge ?? undefined, form.get('code_verifier'))) {
    return refused(400, 'invalid_grant', 'Invalid code verifier.');
  }
  const refresh = code.offline ? { refresh_token: parts.grants.newRefreshToken(code) } : {};
  return json(200, { ...(await issue(parts, code, code.offline, code.nonce)), ...refresh });
}

/** It does not rotate, and the answer has no refresh token: the client keeps the one it has. */
async function fromRefreshToken(
  parts: GoogleTokenParts,
  { clientId }: EmulatedClient,
  form: URLSearchParams,
): Promise<Answer> {
  const token = parts.grants.refreshTokens.find(form.get('refresh_token') ?? '');
  if (token === undefined || token.clientId !== clientId) {
    return refused(400, 'invalid_grant', 'Token has been expired or revoked.');
  }
  const asked = form.get('scope')?.split(' ');
  if (asked?.some((scope) => !token.scopes.includes(scope)))
    return refused(400, 'invalid_scope', 'Bad Request');
  return json(200, await issue(parts, { ...token, scopes: asked ?? token.scopes }, true, null));
}

async function issue(
  { grants, signer, issuer, origin, accessTokenTtl, now }: GoogleTokenParts,
  grant: GoogleGrant,
  offline: boolean,
  nonce: string | null,
): Promise<Record<string, unknown>> {
  const { accountId, clientId, scopes } = grant;
  const accessToken = grants.newAccessToken(grant, offline, accessTokenTtl);
  const iat = Math.floor(now() / 1000);
  const claims = {
    iss: issuer,
    azp: clientId,
    aud: clientId,
    ...googleClaims(accountId, scopes, origin),
    at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
    ...(nonce !== null && { nonce }),
    iat,
    exp: iat + hour,
  };
  return {
    access_token: accessToken,
    expires_in: accessTokenTtl,
    scope: scopes.join(' '),
    token_type: 'Bearer',
    ...(scopes.includes('openid') && { id_token: await signer.sign(claims) }),
  };
}

function refused(status: number, error: string, description: string): Answer {
  return json(status, { error, error_description: description });
}
