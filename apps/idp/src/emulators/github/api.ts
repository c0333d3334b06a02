import { type Answer, authorizationToken, type Call, json } from '../call.ts';
import { presentedClient } from '../clients.ts';
import { type GitHubAccount, gitHubAccount } from './accounts.ts';
import type { GitHubApp } from './app.ts';
import { allows } from './scopes.ts';
import type { GitHubToken, GitHubTokens } from './tokens.ts';

const documentation = 'https://docs.github.com/rest';

/** What the REST API needs. */
export interface ApiParts {
  readonly apps: readonly GitHubApp[];
  readonly tokens: GitHubTokens;
  readonly origin: string;
}

/** `GET /user`. The e-mail address is there only if the person made it public. */
export function user(parts: ApiParts, call: Call): Answer {
  return asUser(parts, call, (account) => {
    const { id, login, fullName, emails } = account;
    return json(200, {
      login,
      id: Number(id),
      node_id: Buffer.from(`04:User${id}`).toString('base64'),
      avatar_url: `${parts.origin}/avatars/${id}.svg`,
      html_url: `${parts.origin}/${login}`,
      type: 'User',
      site_admin: false,
      name: fullName,
      email: emails.find(({ visibility }) => visibility === 'public')?.email ?? null,
    });
  });
}

/** `GET /user/emails`: private ones too, for who may. */
export function userEmails(parts: ApiParts, call: Call): Answer {
  return asUser(parts, call, (account, token, app) => {
    const may = app.kind === 'github-app' || allows(token.scopes, 'user:email');
    return may ? json(200, account.emails) : failure(404, 'Not Found');
  });
}

/** `DELETE /applications/{client_id}/token` and `/grant`: by the app itself, with the token in a JSON body. */
export function endAuthorization({ apps, tokens }: ApiParts, call: Call): Answer {
  if (!hasUserAgent(call)) return noUserAgent();
  const { client: app, proven } = presentedClient(apps, call);
  if (app === undefined || !proven || call.headers.authorization === undefined) {
    return failure(401, 'Bad credentials');
  }
  if (app.clientId !== call.params.client) return failure(404, 'Not Found');
  const token = tokens.accessTokens.find(call.form.get('access_token') ?? '');
  if (token === undefined || token.clientId !== app.clientId) return failure(404, 'Not Found');
  if (call.params.what === 'grant') tokens.endGrant(token);
  else tokens.endPair(token.pair);
  return { status: 204, headers: {}, body: '' };
}

/** A square picture with the first letter. */
export function avatar(call: Call): Answer {
  const account = gitHubAccount(call.params.id ?? '');
  if (account === undefined) return failure(404, 'Not Found');
  const letter = account.login.slice(0, 1).toUpperCase();
  const text = `<text x="48" y="64" font-family="monospace" font-size="44" text-anchor="middle" fill="#fff">${letter}</text>`;
  const body = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96"><rect width="96" height="96" fill="#57606a"/>${text}</svg>`;
  const headers = { 'Content-Type': 'image/svg+xml', 'Cross-Origin-Resource-Policy': 'cross-origin' };
  return { status: 200, headers, body };
}

function asUser(
  { apps, tokens }: ApiParts,
  call: Call,
  answer: (account: GitHubAccount, token: GitHubToken, app: GitHubApp) => Answer,
): Answer {
  if (!hasUserAgent(call)) return noUserAgent();
  const token = tokens.accessTokens.find(authorizationToken(call, ['bearer', 'token']) ?? '');
  const account = token && gitHubAccount(token.accountId);
  const app = apps.find(({ clientId }) => clientId === token?.clientId);
  if (token === undefined || account === undefined || app === undefined)
    return failure(401, 'Bad credentials');
  const found = answer(account, token, app);
  const scopes = app.kind === 'oauth-app' ? { 'X-OAuth-Scopes': token.scopes.join(', ') } : {};
  return {
    ...found,
    headers: { ...found.headers, ...scopes, 'X-GitHub-Media-Type': 'github.v3; format=json' },
  };
}

function hasUserAgent({ headers }: Call): boolean {
  return headers['user-agent'] !== undefined && headers['user-agent'] !== '';
}

function noUserAgent(): Answer {
  const body =
    'Request forbidden by administrative rules. Please make sure your request has a User-Agent header.';
  return { status: 403, headers: { 'Content-Type': 'text/html' }, body };
}

function failure(status: number, message: string): Answer {
  return json(status, { message, documentation_url: documentation, status: String(status) });
}
