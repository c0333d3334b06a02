import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import type { Idp } from '../src/app.ts';
import { Browser, type Page } from './browser.ts';
import { type Answer, type Send, send } from './http.ts';

export const publicUrl = 'http://localhost:3000';
export const redirectUri = `${publicUrl}/bff/callback/demo`;
export const apiAudience = 'urn:coatcheck:demo-api';
export const everyScope = 'openid profile email offline_access notes:read notes:write admin';

/** One authorization request, as the BFF makes it. */
export interface AuthorizationRequest {
  readonly verifier: string;
  readonly params: Readonly<Record<string, string>>;
}

export interface Tokens {
  readonly access_token: string;
  readonly id_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
}

export function authorizationRequest(
  idp: Idp,
  changes: Record<string, string | undefined> = {},
): AuthorizationRequest {
  const verifier = randomBytes(32).toString('base64url');
  const all = {
    client_id: idp.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: everyScope,
    resource: apiAudience,
    state: randomBytes(16).toString('base64url'),
    nonce: randomBytes(16).toString('base64url'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  const params = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return { verifier, params };
}

export function authorizationUrl(idp: Idp, { params }: AuthorizationRequest): string {
  return `${idp.issuer}/auth?${new URLSearchParams(params)}`;
}

/** Goes through sign-in and consent, whichever comes. */
export async function goThrough(browser: Browser, url: string, login = 'alice@example.test'): Promise<Page> {
  let page = await browser.open(url);
  for (let steps = 0; steps < 5; steps++) {
    if (page.body.includes('name="password"')) {
      page = await browser.submit(page, { login, password: 'coatcheck', decision: 'sign-in' });
    } else if (page.body.includes('value="allow"')) {
      page = await browser.submit(page, { decision: 'allow' });
    } else if (page.body.includes('Submitting Callback')) {
      page = await browser.submit(page, {});
    } else {
      return page;
    }
  }
  throw new Error(`no end of forms at ${page.url}`);
}

/** Signs in and returns the authorization response's parameters. */
export async function authorize(
  idp: Idp,
  request: AuthorizationRequest,
  { browser = new Browser(), login }: { browser?: Browser; login?: string } = {},
): Promise<URLSearchParams> {
  const end = await goThrough(browser, authorizationUrl(idp, request), login);
  if (!end.url.startsWith(redirectUri))
    throw new Error(`ended at ${end.url}: ${end.status} ${end.body.slice(-900)}`);
  return new URL(end.url).searchParams;
}

/** Posts to an endpoint that wants the client's secret. */
export function asClient(
  idp: Idp,
  path: string,
  params: Record<string, string>,
  more: Send = {},
): Promise<Answer> {
  const credentials = Buffer.from(`${idp.clientId}:${idp.clientSecret}`).toString('base64');
  return send(`${idp.issuer}${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
    headers: { authorization: `Basic ${credentials}`, ...more.headers },
  });
}

export function exchange(
  idp: Idp,
  code: string | null,
  changes: Record<string, string> = {},
): Promise<Answer> {
  return asClient(idp, '/token', {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: redirectUri,
    ...changes,
  });
}

export function refresh(
  idp: Idp,
  refreshToken: string,
  changes: Record<string, string> = {},
): Promise<Answer> {
  return asClient(idp, '/token', { grant_type: 'refresh_token', refresh_token: refreshToken, ...changes });
}

/** The whole code flow. */
export async function signIn(
  idp: Idp,
  changes: Record<string, string | undefined> = {},
  options: { browser?: Browser; login?: string } = {},
): Promise<Tokens> {
  const request = authorizationRequest(idp, changes);
  const response = await authorize(idp, request, options);
  return tokensOf(await exchange(idp, response.get('code'), { code_verifier: request.verifier }));
}

export function tokensOf(answer: Answer): Tokens {
  if (answer.status !== 200) throw new Error(`no tokens: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}

/** The error code of an OAuth error answer. */
export function errorOf(answer: Answer): string {
  return JSON.parse(answer.body).error;
}

/** Header and claims of a JWT whose RS256 signature the issuer's published key verifies. */
export async function readJwt(idp: Idp, jwt: string) {
  const [header = '', payload = '', signature = ''] = jwt.split('.');
  const [key] = JSON.parse((await send(`${idp.issuer}/jwks`)).body).keys;
  const publicKey = createPublicKey({ key, format: 'jwk' });
  const data = Buffer.from(`${header}.${payload}`);
  if (!verify('RSA-SHA256', data, publicKey, Buffer.from(signature, 'base64url')))
    throw new Error('bad signature');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  return { header: decode(header), claims: decode(payload) };
}
