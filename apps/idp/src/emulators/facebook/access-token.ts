import { randomUUID } from 'node:crypto';
import { type Answer, type Call, json } from '../call.ts';
import { presentedClient } from '../clients.ts';
import { verifierFits } from '../pkce.ts';
import type { Signer } from '../state/signing-key.ts';
import { appScopedId, facebookAccount } from './accounts.ts';
import type { FacebookApp } from './app.ts';
import { oauthError } from './errors.ts';
import { appToken, type FacebookCode, type FacebookTokens } from './tokens.ts';

export interface AccessTokenParts {
  readonly apps: readonly FacebookApp[];
  readonly tokens: FacebookTokens;
  readonly signer: Signer;
  readonly origin: string;
  /** Seconds. */
  readonly shortLife: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const longLife = 60 * 24 * 60 * 60;
const hour = 3600;

/** `GET` or `POST /vNN.0/oauth/access_token`: a code, a short-lived token, or the app itself gets a token. */
export async function accessTokenEndpoint(parts: AccessTokenParts, call: Call): Promise<Answer> {
  const { client: app, proven } = presentedClient(parts.apps, call);
  if (app === undefined) {
    return oauthError(
      'Error validating application. Cannot get application info due to a system error.',
      101,
    );
  }
  // Its code is that of a passing trouble too; so it is at Facebook.
  if (!proven) return oauthError('Error validating client secret.', 1);
  const asked = (name: string) => call.form.get(name) ?? call.query.get(name);
  const grantType = asked('grant_type') ?? 'authorization_code';
  if (grantType === 'client_credentials')
    return json(200, { access_token: appToken(app), token_type: 'bearer' });
  if (grantType === 'fb_exchange_token') return exchanged(parts, app, asked('fb_exchange_token') ?? '');
  if (grantType !== 'authorization_code') return oauthError('Invalid grant_type', 100);

  const code = parts.tokens.codes.take(asked('code') ?? '');
  if (code === undefined || code.clientId !== app.clientId) {
    return oauthError('This authorization code has been used.', 100, 36009);
  }
  if (code.redirectUri !== asked('redirect_uri')) {
    const message =
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request';
    return oauthError(message, 100, 36008);
  }
  if (!verifierFits(code.challenge ?? undefined, asked('code_verifier'))) {
    return oauthError('Code verifier does not match the code challenge.', 100);
  }
  return json(200, {
    access_token: parts.tokens.issue(code.accountId, code.clientId, parts.shortLife),
    token_type: 'bearer',
    expires_in: parts.shortLife,
    ...(code.openid && { id_token: await idToken(parts, code) }),
  });
}

/** A short-lived token becomes one of about 60 days; one that has ended cannot. */
function exchanged({ tokens }: AccessTokenParts, { clientId }: FacebookApp, text: string): Answer {
  const state = tokens.look(text);
  if (state.kind === 'expired') {
    const at = new Date(state.token.expiresAt * 1000).toUTCString();
    return oauthError(`Error validating access token: Session has expired on ${at}.`, 190, 463);
  }
  if (state.kind !== 'user') return oauthError('Invalid OAuth access token.', 190);
  if (state.token.clientId !== clientId) {
    return oauthError('Error validating access token: The access token does not belong to this app.', 190);
  }
  const accessToken = tokens.issue(state.token.accountId, clientId, longLife);
  return json(200, { access_token: accessToken, token_type: 'bearer', expires_in: longLife });
}

function idToken({ signer, origin, tokens, now }: AccessTokenParts, code: FacebookCode): Promise<string> {
  const account = facebookAccount(code.accountId);
  const granted = tokens.grant(code.accountId, code.clientId)?.granted ?? [];
  const iat = Math.floor(now() / 1000);
  return signer.sign({
    iss: origin,
    aud: code.clientId,
    sub: appScopedId(code.accountId, code.clientId),
    iat,
    exp: iat + hour,
    jti: randomUUID(),
    ...(code.nonce !== null && { nonce: code.nonce }),
    given_name: account?.firstName,
    family_name: account?.lastName,
    name: account?.name,
    ...(granted.includes('email') && account?.email !== undefined && { email: account.email }),
  });
}
