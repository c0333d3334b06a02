import { type Answer, type Call, json } from '../call.ts';
import { presentedClient } from '../clients.ts';
import { verifierFits } from '../pkce.ts';
import { gitHubAccount } from './accounts.ts';
import type { GitHubApp } from './app.ts';
import { accessTokenLife, type GitHubGrant, type GitHubTokens, refreshTokenLife } from './tokens.ts';

type Fields = Readonly<Record<string, string | number>>;

const help = '/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/';
const descriptions = {
  incorrect_client_credentials: 'The client_id and/or client_secret passed are incorrect.',
  redirect_uri_mismatch: 'The redirect_uri MUST match the registered callback URL for this application.',
  bad_verification_code: 'The code passed is incorrect or expired.',
  bad_refresh_token: 'The refresh token passed is incorrect or expired.',
  unverified_user_email: 'The user must have a verified primary email.',
  unsupported_grant_type: 'The grant type is not supported.',
} as const;

/**
 * `POST /login/oauth/access_token`. Errors have status 200 too, and everything is form-encoded unless the client asks
 * for JSON.
 */
export function accessTokenEndpoint(apps: readonly GitHubApp[], tokens: GitHubTokens, call: Call): Answer {
  const fields = answerFields(apps, tokens, call);
  if (call.headers.accept?.includes('json')) return json(200, fields);
  const body = new URLSearchParams(
    Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const type = 'application/x-www-form-urlencoded; charset=utf-8';
  return { status: 200, headers: { 'Content-Type': type }, body: body.toString() };
}

function answerFields(apps: readonly GitHubApp[], tokens: GitHubTokens, call: Call): Fields {
  const { client: app, proven } = presentedClient(apps, call);
  if (app === undefined || !proven) return refused('incorrect_client_credentials');
  const asked = (name: string) => call.form.get(name) ?? call.query.get(name);
  const grantType = asked('grant_type') ?? 'authorization_code';
  if (grantType === 'refresh_token') {
    const token = tokens.takeRefreshToken(asked('refresh_token') ?? '', app.clientId);
    return token === undefined ? refused('bad_refresh_token') : issued(app, tokens, token);
  }
  if (grantType !== 'authorization_code') return refused('unsupported_grant_type');

  const code = tokens.codes.take(asked('code') ?? '');
  if (code === undefined || code.clientId !== app.clientId) return refused('bad_verification_code');
  const redirectUri = asked('redirect_uri');
  if (redirectUri !== null && redirectUri !== code.redirectUri) return refused('redirect_uri_mismatch');
  if (!verifierFits(code.challenge ?? undefined, asked('code_verifier')))
    return refused('bad_verification_code');
  const emails = gitHubAccount(code.accountId)?.emails ?? [];
  if (!emails.some(({ primary, verified }) => primary && verified)) return refused('unverified_user_email');
  return issued(app, tokens, code);
}

function issued(app: GitHubApp, tokens: GitHubTokens, grant: GitHubGrant): Fields {
  const { accessToken, refreshToken } = tokens.issue(app, grant);
  const number = (value: number) => (app.numbersAsText ? String(value) : value);
  return {
    access_token: accessToken,
    ...(refreshToken !== undefined && {
      expires_in: number(accessTokenLife),
      refresh_token: refreshToken,
      refresh_token_expires_in: number(refreshTokenLife),
    }),
    // Between commas, though the request has spaces.
    scope: grant.scopes.join(','),
    token_type: 'bearer',
  };
}

function refused(error: keyof typeof descriptions): Fields {
  const anchor = error.replaceAll('_', '-');
  return { error, error_description: descriptions[error], error_uri: `${help}#${anchor}` };
}
