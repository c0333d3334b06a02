import { expect, onTestFinished, test } from 'vitest';
import type { Emulator } from '../src/emulators/emulator.ts';
import type { GitHubApp } from '../src/emulators/github/app.ts';
import { startGitHubEmulator } from '../src/emulators/github/github.ts';
import { Browser } from './browser.ts';
import {
  app as base,
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

const oauthApp: GitHubApp = { ...base, kind: 'oauth-app' };
const gitHubApp: GitHubApp = { ...base, clientId: 'Iv1.demo', kind: 'github-app' };
const json = { accept: 'application/json' };
const agent = { 'user-agent': 'coatcheck-test' };

async function github(options: { now?: () => number; clients?: GitHubApp[] } = {}): Promise<Emulator> {
  const emulator = await startGitHubEmulator({ port: 0, clients: [oauthApp, gitHubApp], ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

function requestUrl({ url }: Emulator, changes: Record<string, string> = {}): string {
  const params = { client_id: oauthApp.clientId, redirect_uri: redirectUri, state: 'state-1' };
  return `${url}/login/oauth/authorize?${new URLSearchParams({ ...params, ...changes })}`;
}

async function newCode(emulator: Emulator, changes: Record<string, string> = {}, how: Partial<Visit> = {}) {
  const url = requestUrl(emulator, { scope: 'read:user user:email', ...changes });
  const { params } = await visit(url, { account: 'octavia', ...how });
  return params.get('code') ?? '';
}

function exchange({ url }: Emulator, fields: Record<string, string>, client: GitHubApp = oauthApp) {
  const credentials = { client_id: client.clientId, client_secret: client.clientSecret };
  return post(`${url}/login/oauth/access_token`, { ...credentials, ...fields }, json);
}

async function signIn(emulator: Emulator, client: GitHubApp = oauthApp, how: Partial<Visit> = {}) {
  const code = await newCode(emulator, { client_id: client.clientId }, how);
  return parse(await exchange(emulator, { code }, client));
}

function api({ url }: Emulator, path: string, token: string, headers: Record<string, string> = agent) {
  return send(`${url}${path}`, { headers: { ...bearer(token), ...headers } });
}

function end({ url }: Emulator, what: string, token: string, client: GitHubApp = oauthApp) {
  return send(`${url}/applications/${client.clientId}/${what}`, {
    method: 'DELETE',
    headers: { ...basic(client), ...agent, 'content-type': 'application/json' },
    body: JSON.stringify({ access_token: token }),
  });
}

test('the answer is form-encoded unless JSON is asked for, and scopes stand between commas', async () => {
  const emulator = await github();
  const fields = { client_id: oauthApp.clientId, client_secret: oauthApp.clientSecret };
  const plain = await post(`${emulator.url}/login/oauth/access_token`, {
    ...fields,
    code: await newCode(emulator),
  });
  expect(plain.headers['content-type']).toContain('application/x-www-form-urlencoded');
  expect(Object.fromEntries(new URLSearchParams(plain.body))).toEqual({
    access_token: expect.stringMatching(/^gho_\w{40,}$/),
    scope: 'read:user,user:email',
    token_type: 'bearer',
  });
  const tokens = parse(await exchange(emulator, { code: await newCode(emulator) }));
  expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'read:user,user:email' });
  expect(tokens.expires_in).toBeUndefined();
  expect(tokens.refresh_token).toBeUndefined();
});

test.each<[string, Record<string, string>]>([
  ['bad_verification_code', { code: 'wrong' }],
  ['incorrect_client_credentials', { client_secret: 'wrong' }],
  ['incorrect_client_credentials', { client_id: 'other' }],
  ['redirect_uri_mismatch', { redirect_uri: 'http://localhost:3000/other' }],
  ['bad_refresh_token', { grant_type: 'refresh_token', refresh_token: 'ghr_wrong' }],
])('the error %s comes with status 200', async (error, fields) => {
  const emulator = await github();
  const answer = await exchange(emulator, { code: await newCode(emulator), ...fields });
  expect(answer.status).toBe(200);
  expect(parse(answer)).toEqual({
    error,
    error_description: expect.any(String),
    error_uri: expect.stringContaining('#'),
  });
});

test('who has not verified their e-mail address gets no token', async () => {
  const tokens = await signIn(await github(), oauthApp, { account: 'newcomer' });
  expect(tokens.error).toBe('unverified_user_email');
});

test('who denies is sent back with access_denied', async () => {
  const { params } = await visit(requestUrl(await github()), { account: 'octavia', decision: 'deny' });
  expect(Object.fromEntries(params)).toMatchObject({ error: 'access_denied', state: 'state-1' });
});

test('PKCE is S256 only, and its verifier is checked where there was a challenge', async () => {
  const emulator = await github();
  const plain = await send(requestUrl(emulator, { code_challenge: pkce().challenge }));
  expect(plain.status).toBe(400);
  const { challenge, verifier } = pkce();
  const params = { code_challenge: challenge, code_challenge_method: 'S256' };
  const tries = [{}, { code_verifier: pkce().verifier }, { code_verifier: verifier }];
  const errors = [];
  for (const fields of tries) {
    const answer = await exchange(emulator, { code: await newCode(emulator, params), ...fields });
    errors.push(parse(answer).error);
  }
  expect(errors).toEqual(['bad_verification_code', 'bad_verification_code', undefined]);
  const unasked = await exchange(emulator, { code: await newCode(emulator), code_verifier: verifier });
  expect(parse(unasked).error).toBe('bad_verification_code');
});

test('a code works once and for ten minutes', async () => {
  const clock = movingClock();
  const emulator = await github({ now: clock.now });
  const code = await newCode(emulator);
  const both = await Promise.all([exchange(emulator, { code }), exchange(emulator, { code })]);
  expect(both.map((answer) => parse(answer).error).sort()).toEqual(['bad_verification_code', undefined]);
  const late = await newCode(emulator);
  clock.pass(601);
  expect(parse(await exchange(emulator, { code: late })).error).toBe('bad_verification_code');
});

test('a redirect URI is compared whole; an unknown app is not found', async () => {
  const emulator = await github();
  const other = await send(requestUrl(emulator, { redirect_uri: `${redirectUri}/sub` }));
  expect([other.status, other.headers.location]).toEqual([400, undefined]);
  expect((await send(requestUrl(emulator, { client_id: 'other' }))).status).toBe(404);
});

test('the e-mail address comes by a second call, and only the public one by the first', async () => {
  const emulator = await github();
  const octavia = await signIn(emulator);
  const user = parse(await api(emulator, '/user', octavia.access_token));
  expect(user).toMatchObject({ id: 1000101, login: 'octavia', email: null, name: 'Octavia Private' });
  expect(parse(await api(emulator, '/user/emails', octavia.access_token))[0]).toEqual({
    email: 'octavia@example.test',
    primary: true,
    verified: true,
    visibility: 'private',
  });
  const hubert = await signIn(emulator, oauthApp, { account: 'hubert' });
  const other = parse(await api(emulator, '/user', hubert.access_token));
  expect(other).toMatchObject({ email: 'hubert@example.test', name: null });
});

test('the API wants a User-Agent, and takes both spellings of the scheme', async () => {
  const emulator = await github();
  const { access_token } = await signIn(emulator);
  expect((await api(emulator, '/user', access_token, {})).status).toBe(403);
  const old = await send(`${emulator.url}/user`, {
    headers: { ...agent, authorization: `token ${access_token}` },
  });
  expect(old.status).toBe(200);
  expect(old.headers['x-oauth-scopes']).toBe('read:user, user:email');
  const wrong = await api(emulator, '/user', 'gho_wrong');
  expect([wrong.status, parse(wrong).message]).toEqual([401, 'Bad credentials']);
});

test('scopes are reduced to those that GitHub knows, and without user:email there are no addresses', async () => {
  const emulator = await github();
  const grantedTo = async (scope: string) => {
    const tokens = parse(await exchange(emulator, { code: await newCode(emulator, { scope }) }));
    return { scope: tokens.scope, emails: (await api(emulator, '/user/emails', tokens.access_token)).status };
  };
  expect(await grantedTo('read:user,unknown')).toEqual({ scope: 'read:user', emails: 404 });
  expect(await grantedTo('user read:user user:email')).toEqual({ scope: 'user', emails: 200 });
});

test('who allowed an app is not asked again, and gets the scopes of before where none are asked for', async () => {
  const emulator = await github();
  const browser = new Browser();
  await newCode(emulator, { scope: 'read:user' }, { browser });
  const again = await visit(requestUrl(emulator), { browser, account: 'octavia' });
  expect(again.pages).toEqual([]);
  const tokens = parse(await exchange(emulator, { code: again.params.get('code') ?? '' }));
  expect(tokens.scope).toBe('read:user');
  const chosen = await visit(requestUrl(emulator, { prompt: 'select_account' }), {
    browser,
    account: 'hubert',
  });
  expect(chosen.pages).toHaveLength(2);
});

test('a GitHub App has tokens for 8 hours and half a year, and no scopes', async () => {
  const tokens = await signIn(await github(), gitHubApp);
  expect(tokens).toEqual({
    access_token: expect.stringMatching(/^ghu_/),
    expires_in: 28_800,
    refresh_token: expect.stringMatching(/^ghr_/),
    refresh_token_expires_in: 15_897_600,
    scope: '',
    token_type: 'bearer',
  });
});

test('numbers may come as text', async () => {
  const client = { ...gitHubApp, numbersAsText: true };
  const tokens = await signIn(await github({ clients: [client] }), client);
  expect(tokens.expires_in).toBe('28800');
});

test('at a refresh the old refresh token and the old access token end at once', async () => {
  const emulator = await github();
  const first = await signIn(emulator, gitHubApp);
  const refresh = (token: string, client = gitHubApp) =>
    exchange(emulator, { grant_type: 'refresh_token', refresh_token: token }, client);
  expect(parse(await refresh(first.refresh_token, oauthApp)).error).toBe('bad_refresh_token');
  const second = parse(await refresh(first.refresh_token));
  expect((await api(emulator, '/user', first.access_token)).status).toBe(401);
  expect((await api(emulator, '/user', second.access_token)).status).toBe(200);
  expect(parse(await refresh(first.refresh_token)).error).toBe('bad_refresh_token');
  expect((await api(emulator, '/user/emails', second.access_token)).status).toBe(200);
});

test('a token of a GitHub App ends after eight hours, and its refresh token after half a year', async () => {
  const clock = movingClock();
  const emulator = await github({ now: clock.now });
  const tokens = await signIn(emulator, gitHubApp);
  clock.pass(28_801);
  expect((await api(emulator, '/user', tokens.access_token)).status).toBe(401);
  clock.pass(15_897_600);
  const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token };
  expect(parse(await exchange(emulator, fields, gitHubApp)).error).toBe('bad_refresh_token');
});

test('of more than ten tokens for one person, app and set of scopes the oldest ends', async () => {
  const emulator = await github();
  const browser = new Browser();
  const tokens = [];
  for (let times = 0; times < 11; times++) tokens.push(await signIn(emulator, oauthApp, { browser }));
  const statuses = [];
  for (const { access_token } of tokens) statuses.push((await api(emulator, '/user', access_token)).status);
  expect(statuses).toEqual([401, ...Array.from({ length: 10 }, () => 200)]);
});

test('an app ends one token, or all that somebody allowed it', async () => {
  const emulator = await github();
  const browser = new Browser();
  const [one, two] = [
    await signIn(emulator, oauthApp, { browser }),
    await signIn(emulator, oauthApp, { browser }),
  ];
  expect((await end(emulator, 'token', one.access_token)).status).toBe(204);
  expect((await api(emulator, '/user', one.access_token)).status).toBe(401);
  expect((await api(emulator, '/user', two.access_token)).status).toBe(200);
  expect((await end(emulator, 'grant', two.access_token)).status).toBe(204);
  expect((await api(emulator, '/user', two.access_token)).status).toBe(401);
  expect((await visit(requestUrl(emulator), { browser, account: 'octavia' })).pages).toHaveLength(1);
});

test('only the app itself can end its tokens', async () => {
  const emulator = await github();
  const { access_token } = await signIn(emulator);
  expect((await end(emulator, 'token', access_token, { ...oauthApp, clientSecret: 'wrong' })).status).toBe(
    401,
  );
  expect((await end(emulator, 'token', access_token, gitHubApp)).status).toBe(404);
  expect((await end(emulator, 'token', 'gho_unknown')).status).toBe(404);
  expect((await api(emulator, '/user', access_token)).status).toBe(200);
});
