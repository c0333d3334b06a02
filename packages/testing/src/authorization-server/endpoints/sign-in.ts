import { randomBytes } from 'node:crypto';
import { type Answer, htmlAnswer } from '../../scripting/answer.ts';
import { escapeHtml } from '../html.ts';
import { type Provider, paths } from '../provider.ts';
import type { RecordedRequest } from '../requests.ts';
import { formPassword, type User } from '../settings.ts';
import { checkParameters } from './authorization-request.ts';
import { respondWithCode } from './authorization-response.ts';

/** A plain form with the fields `login` and `password`. The request itself travels in it. */
export function showSignInForm(provider: Provider, params: URLSearchParams, problem = ''): Answer {
  const action = new URL(`${provider.issuer}${paths.signIn}`).pathname;
  return htmlAnswer(
    `<!doctype html><html lang="en"><title>Sign in</title><h1>Sign in</h1><p role="alert">${escapeHtml(problem)}</p>
<form method="post" action="${action}"><input type="hidden" name="request" value="${escapeHtml(params.toString())}">
<label>Login <input name="login" autocomplete="username"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button>Sign in</button></form></html>`,
    200,
    { 'cache-control': 'no-store' },
  );
}

/** Receives the form, keeps the person signed in by a cookie, and goes on with the request. */
export async function signInEndpoint(provider: Provider, request: RecordedRequest): Promise<Answer> {
  const params = new URLSearchParams(request.form.get('request') ?? '');
  const checked = checkParameters(provider, params);
  if (checked.kind !== 'ok') return htmlAnswer('<p>This sign-in request is not valid.', 400);
  const login = request.form.get('login');
  const user = provider.settings.users.find((one) => one.email === login || one.sub === login);
  if (!user || request.form.get('password') !== formPassword) {
    return showSignInForm(provider, params, 'Wrong login or password.');
  }
  const signedIn = { sub: user.sub, sid: randomBytes(16).toString('base64url'), authTime: provider.now() };
  const id = randomBytes(24).toString('base64url');
  provider.sessions.set(id, signedIn);
  const answer = await respondWithCode(provider, params, { user, ...signedIn });
  const cookie = `${cookieName(provider)}=${id}; Path=/; HttpOnly; SameSite=Lax`;
  return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } };
}

/** Who is signed in here already, unless the client wants them to sign in anew (OIDC Core §3.1.2.1). */
export function personOf(
  provider: Provider,
  request: RecordedRequest,
  params: URLSearchParams,
): { user: User; sid: string; authTime: number } | undefined {
  const session = provider.sessions.get(sessionId(provider, request) ?? '');
  const user = provider.settings.users.find((one) => one.sub === session?.sub);
  if (!session || !user) return undefined;
  if (params.get('prompt')?.split(' ').includes('login')) return undefined;
  const maxAge = params.get('max_age');
  if (maxAge !== null && provider.now() - session.authTime > Number(maxAge)) return undefined;
  return { user, ...session };
}

/** The value of the session cookie. */
export function sessionId(provider: Provider, request: RecordedRequest): string | undefined {
  const name = `${cookieName(provider)}=`;
  const cookies = (request.headers.cookie ?? '').split('; ');
  return cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length);
}

/** Ports share cookies, so the port is in the name. */
export function cookieName(provider: Provider): string {
  return `test_as_${new URL(provider.issuer).port}`;
}
