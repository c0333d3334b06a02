import { type Answer, htmlAnswer, redirectAnswer } from '../../scripting/answer.ts';
import { escapeHtml } from '../html.ts';
import { type JwtDraft, signJwt } from '../jwt.ts';
import { type Provider, signerOf } from '../provider.ts';
import type { User } from '../settings.ts';

/** Grants what was asked, and sends the browser back with a code. */
export async function respondWithCode(
  provider: Provider,
  params: URLSearchParams,
  signedIn: { user: User; sid: string; authTime: number },
): Promise<Answer> {
  const { settings, canaries, grants } = provider;
  const nonce = params.get('nonce');
  const codeChallenge = params.get('code_challenge');
  const jkt = params.get('dpop_jkt');
  const acr = settings.acr ?? params.get('acr_values')?.split(' ')[0];
  const grant = grants.create({
    user: signedIn.user,
    redirectUri: params.get('redirect_uri') ?? '',
    scopes: settings.grantedScopes ?? (params.get('scope') ?? '').split(' ').filter(Boolean),
    resources: params.getAll('resource'),
    sid: settings.sid ?? signedIn.sid,
    authTime: settings.authTime ?? signedIn.authTime,
    ...(nonce === null ? {} : { nonce }),
    ...(acr === undefined ? {} : { acr }),
    ...(codeChallenge === null ? {} : { codeChallenge }),
    ...(jkt === null ? {} : { jkt }),
  });
  const code = canaries.marker('code');
  const now = provider.now();
  canaries.add({ kind: 'code', value: code, marker: code });
  grants.issue({ kind: 'code', value: code, grant, issuedAt: now, expiresAt: now + settings.codeLifetime });
  return respond(provider, params, { code });
}

/** The authorization response (RFC 6749 §4.1.2, RFC 9207 §2): by redirect, by form post, or signed (JARM). */
export async function respond(
  provider: Provider,
  params: URLSearchParams,
  members: Record<string, string>,
): Promise<Answer> {
  const response = new URLSearchParams(members);
  const state = params.get('state');
  if (state !== null) response.set('state', state);
  if (provider.settings.issParameter) response.set('iss', provider.issuer);
  await provider.changes.apply('authorizationResponse', response);

  const redirectUri = params.get('redirect_uri') ?? '';
  const mode = params.get('response_mode');
  if (mode === 'form_post') return formPost(redirectUri, response);
  const query = mode === 'jwt' ? await signed(provider, response) : response;
  return redirectAnswer(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`, 302);
}

/** JWT Secured Authorization Response Mode §2.1. */
async function signed(provider: Provider, response: URLSearchParams): Promise<URLSearchParams> {
  const draft: JwtDraft = {
    header: {},
    claims: {
      iss: provider.issuer,
      aud: provider.settings.client.clientId,
      exp: provider.now() + 600,
      ...Object.fromEntries(response),
    },
    signature: { by: 'server' },
  };
  const changed = await provider.changes.apply('signedResponse', draft);
  const token = typeof changed === 'string' ? changed : await signJwt(signerOf(provider), draft);
  return new URLSearchParams({ response: token });
}

/** OAuth 2.0 Form Post Response Mode §2. */
function formPost(action: string, response: URLSearchParams): Answer {
  const inputs = [...response].map(
    ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
  );
  return htmlAnswer(
    `<!doctype html><title>Continue</title><form method="post" action="${escapeHtml(action)}">${inputs.join('')}` +
      '<button>Continue</button></form><script>document.forms[0].submit()</script>',
    200,
    { 'cache-control': 'no-store' },
  );
}
