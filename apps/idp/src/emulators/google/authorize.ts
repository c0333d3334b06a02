import { randomBytes } from 'node:crypto';
import { type Answer, type Call, pageAnswer, redirectTo, withParameters } from '../call.ts';
import type { EmulatedClient } from '../emulator.ts';
import { readChallenge } from '../pkce.ts';
import { problemPage } from '../sign-in/pages.ts';
import type { AskedScope, AuthorizationRequest } from '../sign-in/request.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import { googleAccount } from './accounts.ts';
import type { GoogleGrants } from './grants.ts';
import { googleLook } from './look.ts';
import { callbackScopes, isOptional, readScopes, scopeWords } from './scopes.ts';

const tenMinutes = 600;

/** Answers the authorization endpoint: errors on a page of Google's own, else the sign-in. */
export function authorize(
  clients: readonly EmulatedClient[],
  grants: GoogleGrants,
  signIn: SignIn,
  call: Call,
): Answer {
  const asked = call.method === 'POST' ? call.form : call.query;
  const client = clients.find(({ clientId }) => clientId === asked.get('client_id'));
  if (client === undefined) return problem(401, 'invalid_client', 'The OAuth client was not found.');
  const redirectUri = asked.get('redirect_uri') ?? '';
  if (!client.redirectUris.includes(redirectUri)) {
    const text = 'The redirect URI in the request does not match the ones authorized for the OAuth client.';
    return problem(400, 'redirect_uri_mismatch', text);
  }
  if (asked.get('response_type') !== 'code') {
    return problem(400, 'unsupported_response_type', 'Only the response type code is emulated.');
  }
  const scopes = readScopes(asked.get('scope') ?? '');
  if (scopes.kind === 'unknown') {
    return problem(400, 'invalid_scope', `Some requested scopes were invalid: ${scopes.unknown.join(', ')}`);
  }
  if (scopes.scopes.length === 0) return problem(400, 'invalid_request', 'Missing required parameter: scope');
  const read = readChallenge(asked, ['S256', 'plain']);
  if (read.kind === 'wrong') return problem(400, 'invalid_request', read.reason);

  const prompts = (asked.get('prompt') ?? '').split(' ');
  const request: AuthorizationRequest = {
    clientId: client.clientId,
    redirectUri,
    state: asked.get('state'),
    nonce: asked.get('nonce'),
    scopes: scopes.scopes,
    challenge: read.challenge ?? null,
    options: {
      offline: asked.get('access_type') === 'offline',
      included: asked.get('include_granted_scopes') === 'true',
    },
    choose: prompts.includes('select_account'),
    ask: prompts.includes('consent'),
    hint: asked.get('login_hint') ?? asked.get('hd'),
  };
  return prompts.includes('none') ? silently(grants, signIn, call, request) : signIn.begin(call, request);
}

/** `prompt=none`: no page, whatever comes (OpenID Connect Core §3.1.2.6). */
function silently(grants: GoogleGrants, signIn: SignIn, call: Call, request: AuthorizationRequest): Answer {
  const accountId = signIn.signedIn(call);
  const error =
    accountId === undefined
      ? 'login_required'
      : asks(grants, request, accountId).length > 0
        ? 'consent_required'
        : undefined;
  if (error === undefined) return signIn.begin(call, request);
  return redirectTo(withParameters(request.redirectUri, { error, state: request.state ?? undefined }));
}

/** What to ask for: all of it if something is new or the app insists. */
export function asks(
  grants: GoogleGrants,
  { clientId, scopes, ask }: AuthorizationRequest,
  accountId: string,
): readonly AskedScope[] {
  const allowed = grants.allowed(accountId, clientId);
  if (!ask && scopes.every((scope) => allowed.includes(scope))) return [];
  return scopes.map((name) => ({ name, words: scopeWords(name), optional: isOptional(name) }));
}

/** Makes the code, and the callback's address with everything that Google adds to it. */
export function grantedUri(
  grants: GoogleGrants,
  origin: string,
  request: AuthorizationRequest,
  accountId: string,
  left: readonly string[],
  asked: boolean,
): string {
  const { clientId, redirectUri, state, nonce, challenge, options } = request;
  // A refresh token comes when the person is asked: the first time, or because the app wanted them to be.
  const offline = options.offline === true && asked;
  const scopes = request.scopes.filter((scope) => !left.includes(scope));
  grants.allow({ accountId, clientId, scopes });
  const all = options.included === true ? grants.allowed(accountId, clientId) : scopes;
  const code = `4/0A${randomBytes(48).toString('base64url')}`;
  grants.codes.put(
    code,
    { accountId, clientId, scopes: all, redirectUri, challenge, nonce, offline },
    tenMinutes,
  );
  return withParameters(redirectUri, {
    state: state ?? undefined,
    iss: origin,
    code,
    scope: callbackScopes(all),
    authuser: '0',
    hd: googleAccount(accountId)?.hostedDomain,
    prompt: asked ? 'consent' : 'none',
  });
}

export function deniedUri(origin: string, { redirectUri, state }: AuthorizationRequest): string {
  return withParameters(redirectUri, { error: 'access_denied', state: state ?? undefined, iss: origin });
}

function problem(status: number, code: string, text: string): Answer {
  return pageAnswer(
    status,
    problemPage(googleLook, 'Access blocked: authorization error', text, `Error ${status}: ${code}`),
  );
}
