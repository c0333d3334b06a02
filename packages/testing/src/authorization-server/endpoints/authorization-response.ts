import { type Answer, htmlAnswer, redirectAnswer } from '../../scripting/answer.ts';
import { escapeHtml } from '../html.ts';
import type { Provider } from '../provider.ts';
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
  });
  const code = canaries.marker('code');
  const now = provider.now();
  canaries.add({ kind: 'code', value: code, marker: code });
  grants.issue({ kind: 'code', value: code, grant, issuedAt: now, expiresAt: now + settings.codeLifetime });
  return respond(provider, params, { code });
}

/** The authorization response (RFC 6749 §4.1.2, RFC 9207 §2), by redirect or by form post. */
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
  if (params.get('response_mode') === 'form_post') return formPost(redirectUri, response);
  return redirectAnswer(`${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${response}`, 302);
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
