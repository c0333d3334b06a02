import { randomBytes } from 'node:crypto';
import { type Answer, type Call, pageAnswer, withParameters } from '../call.ts';
import { readChallenge } from '../pkce.ts';
import { problemPage } from '../sign-in/pages.ts';
import type { AskedScope, AuthorizationRequest } from '../sign-in/request.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { GitHubApp } from './app.ts';
import { gitHubLook } from './look.ts';
import { allows, readScopes, scopeWords } from './scopes.ts';
import type { GitHubTokens } from './tokens.ts';

const tenMinutes = 600;
const errorPages =
  'https://docs.github.com/apps/managing-oauth-apps/troubleshooting-authorization-request-errors/';

/** Answers `GET /login/oauth/authorize`. The redirect URI is compared whole, though GitHub lets sub-paths pass. */
export function authorize(apps: readonly GitHubApp[], signIn: SignIn, { query, ...call }: Call): Answer {
  const app = apps.find(({ clientId }) => clientId === query.get('client_id'));
  if (app === undefined)
    return problem(404, 'Not Found', 'There is no app with this client id.', 'not_found');
  const redirectUri = query.get('redirect_uri') ?? app.redirectUris[0] ?? '';
  if (!app.redirectUris.includes(redirectUri)) {
    const text = 'The redirect_uri is not associated with this application.';
    return problem(400, 'Be careful!', text, 'redirect_uri_mismatch');
  }
  const read = readChallenge(query, ['S256']);
  if (read.kind === 'wrong')
    return problem(400, 'This request cannot be answered', read.reason, 'invalid_request');
  return signIn.begin(
    { ...call, query },
    {
      clientId: app.clientId,
      redirectUri,
      state: query.get('state'),
      nonce: null,
      // A GitHub App has permissions instead.
      scopes: app.kind === 'oauth-app' ? readScopes(query.get('scope') ?? '') : [],
      challenge: read.challenge ?? null,
      options: {},
      choose: query.get('prompt') === 'select_account',
      ask: false,
      hint: query.get('login'),
    },
  );
}

/** Asks at the first time, and for what was not allowed before. */
export function asks(
  tokens: GitHubTokens,
  request: AuthorizationRequest,
  accountId: string,
): readonly AskedScope[] {
  const grant = tokens.grant(accountId, request.clientId);
  const missing = request.scopes.filter((scope) => !allows(grant?.scopes ?? [], scope));
  if (grant !== undefined && missing.length === 0) return [];
  const asked = missing.map((name) => ({ name, words: scopeWords(name), optional: false }));
  return asked.length > 0
    ? asked
    : [{ name: 'public', words: 'Read what is public of you', optional: false }];
}

/** Makes the code. Who asks for no scope gets those that were allowed before. */
export function grantedUri(tokens: GitHubTokens, request: AuthorizationRequest, accountId: string): string {
  const { clientId, redirectUri, state, challenge } = request;
  const before = tokens.grant(accountId, clientId)?.scopes ?? [];
  const scopes = request.scopes.length > 0 ? request.scopes : before;
  tokens.allow({ accountId, clientId, scopes });
  const code = randomBytes(10).toString('hex');
  tokens.codes.put(code, { accountId, clientId, scopes, redirectUri, challenge }, tenMinutes);
  return withParameters(redirectUri, { code, state: state ?? undefined });
}

export function deniedUri({ redirectUri, state }: AuthorizationRequest): string {
  return withParameters(redirectUri, {
    error: 'access_denied',
    error_description: 'The user has denied your application access.',
    error_uri: `${errorPages}#access-denied`,
    state: state ?? undefined,
  });
}

function problem(status: number, title: string, text: string, code: string): Answer {
  return pageAnswer(status, problemPage(gitHubLook, title, text, code));
}
