import { randomBytes } from 'node:crypto';
import { type Answer, htmlAnswer } from '../../scripting/answer.ts';
import { escapeHtml } from '../html.ts';
import type { Provider } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import type { User } from '../settings.ts';
import { checkAuthorizationRequest } from './authorization-request.ts';
import { respond, respondWithCode } from './authorization-response.ts';
import { personOf, showSignInForm } from './sign-in.ts';

/** Header by which `as.authorize(url, { user })` says who signs in. */
export const userHeader = 'x-test-user';

/** The authorization endpoint (RFC 6749 §3.1): signs the configured user in at once, or asks by a form. */
export async function authorizeEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const asked = request.method === 'POST' ? request.form : request.query;
  const checked = await checkAuthorizationRequest(provider, asked);
  if (checked.kind === 'refused') return htmlAnswer(`<p>${escapeHtml(checked.reason)}`, 400);
  const { params } = checked;
  request.authorization = params;
  const state = params.get('state');
  if (state) provider.canaries.add({ kind: 'state', value: state });
  if (checked.kind === 'error') return respond(provider, params, { error: checked.error });

  const { settings } = provider;
  const named = userFromHeader(request, settings.user);
  if (named || !settings.interactive) {
    const signedIn = {
      user: named ?? settings.user,
      sid: randomBytes(16).toString('base64url'),
      authTime: provider.now(),
    };
    return respondWithCode(provider, params, signedIn);
  }
  const person = personOf(provider, request, params);
  if (person) return respondWithCode(provider, params, person);
  if (params.get('prompt') === 'none') return respond(provider, params, { error: 'login_required' });
  return showSignInForm(provider, params);
}

function userFromHeader(request: RecordedRequest, standard: User): User | undefined {
  const header = request.headers[userHeader];
  if (typeof header !== 'string') return undefined;
  const members: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
  return typeof members === 'object' && members !== null ? { ...standard, ...members } : undefined;
}
