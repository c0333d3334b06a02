import { randomBytes } from 'node:crypto';
import { type Answer, type Call, pageAnswer, withParameters } from '../call.ts';
import { readChallenge } from '../pkce.ts';
import { problemPage } from '../sign-in/pages.ts';
import type { AskedScope, AuthorizationRequest } from '../sign-in/request.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { FacebookApp } from './app.ts';
import { facebookLook } from './look.ts';
import { isOptional, permissionWords, readPermissions } from './permissions.ts';
import type { FacebookTokens } from './tokens.ts';

const tenMinutes = 600;

/** Facebook appends this to every address that it sends a browser to; the page it lands on inherits it. */
const fragment = '#_=_';

/** Answers `GET /vNN.0/dialog/oauth`. */
export function dialog(apps: readonly FacebookApp[], signIn: SignIn, call: Call): Answer {
  const { query } = call;
  const app = apps.find(({ clientId }) => clientId === query.get('client_id'));
  if (app === undefined)
    return problem('Invalid App ID', 'The provided app ID does not look like a valid app ID.');
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!app.redirectUris.includes(redirectUri)) {
    const text =
      'This redirect failed because the redirect URI is not white-listed in the client OAuth settings.';
    return problem('URL blocked', text);
  }
  const responseType = query.get('response_type') ?? 'code';
  if (responseType !== 'code') return problem('Not emulated', 'Only the response type code is emulated.');
  const permissions = readPermissions(query.get('scope') ?? '');
  if (permissions.kind === 'invalid') {
    return problem('Invalid Scopes', `Invalid Scopes: ${permissions.invalid.join(', ')}.`);
  }
  const read = readChallenge(query, ['S256', 'plain']);
  if (read.kind === 'wrong') return problem('Invalid parameter', read.reason);
  const authType = query.get('auth_type');
  return signIn.begin(call, {
    clientId: app.clientId,
    redirectUri,
    state: query.get('state'),
    nonce: query.get('nonce'),
    scopes: permissions.names,
    challenge: read.challenge ?? null,
    options: { openid: permissions.openid, returnScopes: query.get('return_scopes') === 'true' },
    choose: authType === 'reauthenticate',
    ask: authType === 'rerequest',
    hint: null,
  });
}

/** Asks for what is new. What was declined is asked for again only by `auth_type=rerequest`. */
export function asks(
  tokens: FacebookTokens,
  { clientId, scopes, ask }: AuthorizationRequest,
  accountId: string,
): readonly AskedScope[] {
  const grant = tokens.grant(accountId, clientId);
  const answered = [...(grant?.granted ?? []), ...(ask ? [] : (grant?.declined ?? []))];
  return scopes
    .filter((name) => !answered.includes(name))
    .map((name) => ({ name, words: permissionWords(name), optional: isOptional(name) }));
}

/** Makes the code, and remembers what was allowed and what was declined. */
export function grantedUri(
  tokens: FacebookTokens,
  request: AuthorizationRequest,
  accountId: string,
  left: readonly string[],
  asked: boolean,
): string {
  const { clientId, redirectUri, state, nonce, challenge, options, scopes } = request;
  const before = tokens.grant(accountId, clientId);
  const declinedBefore = before?.declined.filter((name) => !asked || !scopes.includes(name)) ?? [];
  const declined = [...new Set([...declinedBefore, ...left])];
  const allowed = scopes.filter((name) => !declined.includes(name));
  const granted = [...new Set([...(before?.granted ?? []), ...allowed])];
  tokens.saveGrant({ accountId, clientId, granted, declined });

  const code = `AQ${randomBytes(160).toString('base64url')}`;
  const openid = options.openid === true;
  tokens.codes.put(code, { accountId, clientId, redirectUri, challenge, nonce, openid }, tenMinutes);
  const told = options.returnScopes
    ? { granted_scopes: granted.join(','), denied_scopes: declined.join(',') }
    : {};
  return withParameters(redirectUri, { code, state: state ?? undefined, ...told }) + fragment;
}

export function deniedUri({ redirectUri, state }: AuthorizationRequest): string {
  const uri = withParameters(redirectUri, {
    error: 'access_denied',
    error_code: '200',
    error_description: 'Permissions error',
    error_reason: 'user_denied',
    state: state ?? undefined,
  });
  return uri + fragment;
}

function problem(title: string, text: string): Answer {
  return pageAnswer(400, problemPage(facebookLook, title, text, title));
}
