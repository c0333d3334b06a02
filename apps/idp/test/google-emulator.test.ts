import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../src/emulators/emulator.ts';
import { type GoogleEmulatorOptions, startGoogleEmulator } from '../src/emulators/google/google.ts';
import { Browser } from './browser.ts';
import {
  app,
  basic,
  bearer,
  movingClock,
  parse,
  pkce,
  post,
  redirectUri,
  type Visit,
  visit,
} from './emulated.ts';
import { send } from './http.ts';

const maya = 'maya@mail.example.test';
const email = 'https://www.googleapis.com/auth/userinfo.email';
const profile = 'https://www.googleapis.com/auth/userinfo.profile';
const calendar = 'https://www.googleapis.com/auth/calendar.readonly';

async function google(options: Partial<GoogleEmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await startGoogleEmulator({ port: 0, clients: [app], ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

function requestUrl({ url }: Emulator, changes: Record<string, string> = {}): string {
  const params = new URLSearchParams({
    client_id: app.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email profile',
    state: 'state-1',
    nonce: 'nonce-1',
    access_type: 'offline',
    ...changes,
  });
  return `${url}/o/oauth2/v2/auth?${params}`;
}

async function signIn(emulator: Emulator, changes: Record<string, string> = {}, how: Partial<Visit> = {}) {
  const { verifier, challenge } = pkce();
  const url = requestUrl(emulator, { code_challenge: challenge, code_challenge_method: 'S256', ...changes });
  const { params, pages } = await visit(url, { account: maya, ...how });
  const answer = await exchange(emulator, params.get('code'), { code_verifier: verifier });
  return { params, pages, answer, tokens: parse(answer) };
}

function exchange({ url }: Emulator, code: string | null, changes: Record<string, string> = {}) {
  const fields = {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: redirectUri,
    ...changes,
  };
  return post(`${url}/token`, fields, basic());
}

function refresh({ url }: Emulator, token: string) {
  return post(`${url}/token`, {
    grant_type: 'refresh_token',
    refresh_token: token,
    client_id: app.clientId,
    client_secret: app.clientSecret,
  });
}

test('a sign-in gives an opaque access token and an ID token that its keys verify', async () => {
  const emulator = await google();
  const { tokens, params } = await signIn(emulator);
  expect(tokens).toEqual({
    access_token: expect.stringMatching(/^ya29\.[\w-]+$/),
    expires_in: 3599,
    refresh_token: expect.stringMatching(/^1\/\/0/),
    scope: `openid ${email} ${profile}`,
    token_type: 'Bearer',
    id_token: expect.any(String),
  });
  const { jwks_uri, issuer } = parse(await send(`${emulator.url}/.well-known/openid-configuration`));
  const { payload } = await jwtVerify(tokens.id_token, createRemoteJWKSet(new URL(jwks_uri)), {
    issuer,
    audience: app.clientId,
  });
  const half = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16);
  expect(payload).toMatchObject({
    iss: emulator.url,
    azp: app.clientId,
    sub: '108204268033311374519',
    email: maya,
    email_verified: true,
    name: 'Maya Consumer',
    nonce: 'nonce-1',
    at_hash: half.toString('base64url'),
  });
  expect(payload.hd).toBeUndefined();
  expect(params.get('state')).toBe('state-1');
});

test('the callback carries more than it has to: iss, scope, authuser, prompt, and hd for a Workspace account', async () => {
  const emulator = await google();
  const { params } = await signIn(emulator, {}, { account: 'lin@acme.example.test' });
  expect(Object.fromEntries(params)).toMatchObject({
    iss: emulator.url,
    scope: `email profile openid ${email} ${profile}`,
    authuser: '0',
    hd: 'acme.example.test',
    prompt: 'consent',
  });
});

test('the metadata is cacheable and names no end of session', async () => {
  const emulator = await google();
  const answer = await send(`${emulator.url}/.well-known/openid-configuration`);
  expect(answer.headers['cache-control']).toBe('public, max-age=3600');
  expect(parse(answer)).toMatchObject({
    issuer: emulator.url,
    revocation_endpoint: `${emulator.url}/revoke`,
    authorization_response_iss_parameter_supported: true,
  });
  expect(answer.body).not.toContain('end_session');
  expect(answer.body).not.toContain('offline_access');
});

test('an ID token may name the issuer without the scheme', async () => {
  const emulator = await google({ issuerScheme: 'without' });
  const { tokens } = await signIn(emulator);
  const [, payload = ''] = tokens.id_token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  expect(claims.iss).toBe(new URL(emulator.url).host);
});

test('the claim hd tells Workspace domains apart; the parameter is a hint only', async () => {
  const emulator = await google();
  const { tokens, pages } = await signIn(
    emulator,
    { hd: 'globex.example.test' },
    { account: 'lin@acme.example.test' },
  );
  expect(pages[0]?.body.indexOf('sam@globex')).toBeLessThan(pages[0]?.body.indexOf('lin@acme') ?? 0);
  const user = parse(await send(`${emulator.url}/v1/userinfo`, { headers: bearer(tokens.access_token) }));
  expect(user).toMatchObject({ hd: 'acme.example.test', email: 'lin@acme.example.test' });
});

test('offline_access is no scope here', async () => {
  const emulator = await google();
  const answer = await send(requestUrl(emulator, { scope: 'openid offline_access' }));
  expect(answer.status).toBe(400);
  expect(answer.headers.location).toBeUndefined();
  expect(answer.body).toContain('invalid_scope');
});

test('a refresh token comes at the first consent, not at the next sign-in, and again with prompt=consent', async () => {
  const emulator = await google();
  const browser = new Browser();
  const first = await signIn(emulator, {}, { browser });
  expect(first.tokens.refresh_token).toBeDefined();
  const second = await signIn(emulator, {}, { browser });
  expect(second.pages).toEqual([]);
  expect(second.params.get('prompt')).toBe('none');
  expect(second.tokens.refresh_token).toBeUndefined();
  const elsewhere = await signIn(emulator, {}, { browser: new Browser() });
  expect(elsewhere.tokens.refresh_token).toBeUndefined();
  const third = await signIn(emulator, { prompt: 'consent' }, { browser });
  expect(third.tokens.refresh_token).toBeDefined();
  expect(third.tokens.refresh_token).not.toBe(first.tokens.refresh_token);
});

test('without access_type=offline there is no refresh token', async () => {
  const { tokens } = await signIn(await google(), { access_type: 'online' });
  expect(tokens.refresh_token).toBeUndefined();
});

test('a refresh token does not rotate: no new one comes, and it works again and again', async () => {
  const emulator = await google();
  const { tokens } = await signIn(emulator);
  for (let times = 0; times < 2; times++) {
    const again = parse(await refresh(emulator, tokens.refresh_token));
    expect(again.access_token).toMatch(/^ya29\./);
    expect(again.id_token).toEqual(expect.any(String));
    expect(again.refresh_token).toBeUndefined();
  }
});

test('of more than a hundred refresh tokens of one person the oldest stops working', async () => {
  const emulator = await google();
  const browser = new Browser();
  const first = await signIn(emulator, {}, { browser });
  for (let times = 0; times < 100; times++) await signIn(emulator, { prompt: 'consent' }, { browser });
  const answer = await refresh(emulator, first.tokens.refresh_token);
  expect(answer.status).toBe(400);
  expect(parse(answer).error).toBe('invalid_grant');
}, 60_000);

test('revoking any token ends the grant on every device, and the next sign-in asks again', async () => {
  const emulator = await google();
  const browser = new Browser();
  const phone = await signIn(emulator, {}, { browser });
  const desk = await signIn(emulator, { prompt: 'consent' });
  expect((await post(`${emulator.url}/revoke`, { token: desk.tokens.access_token })).status).toBe(200);
  expect(parse(await refresh(emulator, phone.tokens.refresh_token))).toEqual({
    error: 'invalid_grant',
    error_description: 'Token has been expired or revoked.',
  });
  const user = await send(`${emulator.url}/v1/userinfo`, { headers: bearer(phone.tokens.access_token) });
  expect(user.status).toBe(401);
  const next = await signIn(emulator, {}, { browser });
  expect(next.pages).toHaveLength(1);
  expect(next.tokens.refresh_token).toBeDefined();
  const unknown = await post(`${emulator.url}/revoke`, { token: 'ya29.unknown' });
  expect([unknown.status, parse(unknown).error]).toEqual([400, 'invalid_token']);
});

test('people may leave out an API scope, and the answer says what they allowed', async () => {
  const emulator = await google();
  const { tokens } = await signIn(emulator, { scope: `openid email ${calendar}` }, { ticked: [] });
  expect(tokens.scope).toBe(`openid ${email}`);
  const more = await signIn(emulator, { scope: calendar, include_granted_scopes: 'true' });
  expect(more.tokens.scope).toBe(`openid ${email} ${calendar}`);
});

test('tokeninfo says whose an access token is, until it ends', async () => {
  const clock = movingClock();
  const emulator = await google({ now: clock.now });
  const { tokens } = await signIn(emulator);
  const ask = () => send(`${emulator.url}/tokeninfo?access_token=${tokens.access_token}`);
  expect(parse(await ask())).toMatchObject({
    aud: app.clientId,
    sub: '108204268033311374519',
    email: maya,
    email_verified: 'true',
    access_type: 'offline',
  });
  clock.pass(3600);
  expect([(await ask()).status, parse(await ask()).error]).toEqual([400, 'invalid_token']);
});

test('prompt=none answers without a page', async () => {
  const emulator = await google();
  const browser = new Browser();
  const silent = async () =>
    (await visit(requestUrl(emulator, { prompt: 'none' }), { browser, account: maya })).params;
  expect((await silent()).get('error')).toBe('login_required');
  await visit(requestUrl(emulator), { browser, account: maya, decision: 'deny' });
  expect((await silent()).get('error')).toBe('consent_required');
  await visit(requestUrl(emulator), { browser, account: maya });
  expect((await silent()).get('code')).toEqual(expect.any(String));
});

test('who cancels is sent back with access_denied', async () => {
  const emulator = await google();
  const { params } = await visit(requestUrl(emulator), { account: maya, decision: 'deny' });
  expect(Object.fromEntries(params)).toEqual({
    error: 'access_denied',
    state: 'state-1',
    iss: emulator.url,
  });
});

test('a code works once, for its client, its redirect URI and its verifier', async () => {
  const emulator = await google();
  const { verifier, challenge } = pkce();
  const url = requestUrl(emulator, { code_challenge: challenge, code_challenge_method: 'S256' });
  const browser = new Browser();
  const newCode = async () => (await visit(url, { browser, account: maya })).params.get('code');
  const errorOf = async (changes: Record<string, string>) =>
    parse(await exchange(emulator, await newCode(), changes)).error;
  expect(await errorOf({})).toBe('invalid_grant');
  expect(await errorOf({ code_verifier: pkce().verifier })).toBe('invalid_grant');
  const wrongUri = { code_verifier: verifier, redirect_uri: `${redirectUri}/` };
  expect(await errorOf(wrongUri)).toBe('redirect_uri_mismatch');
  const code = await newCode();
  const both = await Promise.all([1, 2].map(() => exchange(emulator, code, { code_verifier: verifier })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
});

test('a verifier for a request that had no challenge is refused', async () => {
  const emulator = await google();
  const { params } = await visit(requestUrl(emulator), { account: maya });
  const answer = await exchange(emulator, params.get('code'), { code_verifier: pkce().verifier });
  expect(parse(answer).error).toBe('invalid_grant');
});

test.each([
  ['another path', `${redirectUri}/more`],
  ['another port', redirectUri.replace('3000', '3001')],
  ['a query', `${redirectUri}?x=1`],
])('a redirect URI with %s is refused on a page', async (_what, uri) => {
  const answer = await send(requestUrl(await google(), { redirect_uri: uri }));
  expect(answer.status).toBe(400);
  expect(answer.headers.location).toBeUndefined();
  expect(answer.body).toContain('redirect_uri_mismatch');
});

test('a wrong secret and an unknown client are refused', async () => {
  const emulator = await google();
  const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
  for (const client of [
    { ...app, clientSecret: 'wrong' },
    { ...app, clientId: 'other' },
  ]) {
    const answer = await post(`${emulator.url}/token`, fields, basic(client));
    expect([answer.status, parse(answer).error]).toEqual([401, 'invalid_client']);
  }
});
