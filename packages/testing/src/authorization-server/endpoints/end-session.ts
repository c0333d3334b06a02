import { type Answer, htmlAnswer, redirectAnswer } from '../../scripting/answer.ts';
import { escapeHtml } from '../html.ts';
import type { Provider } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import { cookieName, sessionId } from './sign-in.ts';

/** RP-initiated logout (OpenID Connect RP-Initiated Logout §2, §3), without asking the person. */
export async function endSessionEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const params = request.method === 'POST' ? request.form : request.query;
  const { client } = provider.settings;
  const clientId = params.get('client_id');
  if (clientId !== null && clientId !== client.clientId) return htmlAnswer('<p>unknown client_id', 400);
  const back = params.get('post_logout_redirect_uri');
  const registered = client.postLogoutRedirectUris;
  if (back !== null && (!URL.canParse(back) || (registered && !registered.includes(back)))) {
    return htmlAnswer(`<p>post_logout_redirect_uri is not registered: ${escapeHtml(back)}`, 400);
  }
  const id = sessionId(provider, request);
  if (id !== undefined) provider.sessions.delete(id);
  const headers = { 'set-cookie': `${cookieName(provider)}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax` };
  if (back === null) return htmlAnswer('<p>You are signed out.', 200, headers);
  const target = new URL(back);
  const state = params.get('state');
  if (state !== null) target.searchParams.set('state', state);
  return redirectAnswer(target.href, 302, headers);
}
