import { createHmac } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import type { FacebookApp } from '../src/emulators/facebook/app.ts';
import {
  type FacebookEmulator,
  type FacebookEmulatorOptions,
  startFacebookEmulator,
} from '../src/emulators/facebook/facebook.ts';
import { Browser } from './browser.ts';
import {
  app as base,
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

const app: FacebookApp = { ...base, clientId: '1234567890123456' };
const otherApp: FacebookApp = {
  ...app,
  clientId: '6543210987654321',
  clientSecret: 'another-secret-0123456789-abcdef',
};
const appToken = `${app.clientId}|${app.clientSecret}`;
const frida = 'frida@example.test';
const hour = 3600;
const days60 = 60 * 24 * hour;

async function facebook(options: Partial<FacebookEmulatorOptions> = {}): Promise<FacebookEmulator> {
  const emulator = await startFacebookEmulator({ port: 0, clients: [app, otherApp], ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

function dialogUrl({ url }: FacebookEmulator, changes: Record<string, string> = {}): string {
  const params = { client_id: app.clientId, redirect_uri: redirectUri, state: 'state-1', scope: 'email' };
  return `${url}/v24.0/dialog/oauth?${new URLSearchParams({ ...params, ...changes })}`;
}

function tokenQuery(changes: Record<string, string>, client = app): URLSearchParams {
  const params = {
    client_id: client.clientId,
    client_secret: client.clientSecret,
    redirect_uri: redirectUri,
  };
  return new URLSearchParams({ ...params, ...changes });
}

/** The documented way: by GET, with everything in the query. */
function token({ url }: FacebookEmulator, changes: Record<string, string>, client = app) {
  return send(`${url}/v24.0/oauth/access_token?${tokenQuery(changes, client)}`);
}

async function newCode(
  emulator: FacebookEmulator,
  changes: Record<string, string> = {},
  how: Partial<Visit> = {},
) {
  const { params } = await visit(dialogUrl(emulator, changes), { account: frida, ...how });
  return params.get('code') ?? '';
}

async function signIn(emulator: FacebookEmulator, how: Partial<Visit> = {}, client = app): Promise<string> {
  const code = await newCode(emulator, { client_id: client.clientId }, how);
  return parse(await token(emulator, { code }, client)).access_token;
}

function graph({ url }: FacebookEmulator, path: string, params: Record<string, string>, method = 'GET') {
  return send(`${url}/v24.0${path}?${new URLSearchParams(params)}`, { method });
}

function me(emulator: FacebookEmulator, access_token: string, more: Record<string, string> = {}) {
  return graph(emulator, '/me', { access_token, fields: 'id,name,email,picture', ...more });
}

test('a code gives a short-lived token, by GET and by POST', async () => {
  const emulator = await facebook();
  const expected = { access_token: expect.stringMatching(/^EAA/), token_type: 'bearer', expires_in: hour };
  expect(parse(await token(emulator, { code: await newCode(emulator) }))).toEqual(expected);
  const fields = Object.fromEntries(tokenQuery({ code: await newCode(emulator) }));
  expect(parse(await post(`${emulator.url}/v24.0/oauth/access_token`, fields))).toEqual(expected);
});

test('the callback ends in #_=_, whatever the answer', async () => {
  const emulator = await facebook();
  const allowed = await visit(dialogUrl(emulator), { account: frida });
  expect(allowed.end.url).toMatch(/#_=_$/);
  expect(allowed.params.get('state')).toBe('state-1');
  const denied = await visit(dialogUrl(emulator), { account: '+1 555 0100', decision: 'deny' });
  expect(denied.end.url).toMatch(/#_=_$/);
  expect(Object.fromEntries(denied.params)).toEqual({
    error: 'access_denied',
    error_code: '200',
    error_description: 'Permissions error',
    error_reason: 'user_denied',
    state: 'state-1',
  });
});

test('/me says what its fields ask for; the e-mail address only if there is one and it was allowed', async () => {
  const emulator = await facebook();
  const user = parse(await me(emulator, await signIn(emulator)));
  expect(user).toEqual({
    id: expect.stringMatching(/^\d{17}$/),
    name: 'Frida Friend',
    email: frida,
    picture: {
      data: { height: 50, width: 50, is_silhouette: false, url: expect.stringContaining(emulator.url) },
    },
  });
  const byPhone = parse(await me(emulator, await signIn(emulator, { account: '+1 555 0100' })));
  expect(byPhone.email).toBeUndefined();
  const access_token = await signIn(emulator);
  const short = parse(await send(`${emulator.url}/me`, { headers: bearer(access_token) }));
  expect(Object.keys(short)).toEqual(['id', 'name']);
  expect(parse(await me(emulator, access_token, { fields: 'secret' })).error.code).toBe(100);
});

test('ids are scoped to the app', async () => {
  const emulator = await facebook();
  const idIn = async (client: FacebookApp) =>
    parse(await me(emulator, await signIn(emulator, {}, client))).id;
  expect(await idIn(app)).toBe(await idIn(app));
  expect(await idIn(app)).not.toBe(await idIn(otherApp));
});

test('a permission that was declined is missing, and asked for again only by auth_type=rerequest', async () => {
  const emulator = await facebook();
  const browser = new Browser();
  const first = await visit(dialogUrl(emulator, { return_scopes: 'true' }), {
    browser,
    account: frida,
    ticked: [],
  });
  expect(first.params.get('granted_scopes')).toBe('public_profile');
  expect(first.params.get('denied_scopes')).toBe('email');
  const code = first.params.get('code') ?? '';
  const { access_token } = parse(await token(emulator, { code }));
  expect(parse(await me(emulator, access_token)).email).toBeUndefined();
  expect((await visit(dialogUrl(emulator), { browser, account: frida })).pages).toEqual([]);
  const again = await visit(dialogUrl(emulator, { auth_type: 'rerequest' }), { browser, account: frida });
  expect(again.pages).toHaveLength(1);
  expect(parse(await me(emulator, access_token)).email).toBe(frida);
  const listed = parse(await graph(emulator, '/me/permissions', { access_token }));
  expect(listed.data).toContainEqual({ permission: 'email', status: 'granted' });
});

test('a short-lived token becomes one of 60 days; one that has ended cannot', async () => {
  const clock = movingClock();
  const emulator = await facebook({ now: clock.now });
  const short = await signIn(emulator);
  const exchange = (fb_exchange_token: string, client = app) =>
    token(emulator, { grant_type: 'fb_exchange_token', fb_exchange_token }, client);
  const long = parse(await exchange(short));
  expect(long).toMatchObject({ token_type: 'bearer', expires_in: days60 });
  expect(parse(await exchange(short, otherApp)).error.code).toBe(190);
  clock.pass(hour + 1);
  const late = await exchange(short);
  expect(late.status).toBe(400);
  expect(parse(late).error).toMatchObject({ type: 'OAuthException', code: 190, error_subcode: 463 });
  expect((await me(emulator, long.access_token)).status).toBe(200);
  clock.pass(days60);
  expect(parse(await me(emulator, long.access_token)).error).toMatchObject({ code: 190, error_subcode: 463 });
});

test('errors are an object of the Graph API, not of RFC 6749', async () => {
  const emulator = await facebook();
  const answer = await token(emulator, { code: 'wrong' });
  expect(answer.status).toBe(400);
  expect(parse(answer)).toEqual({
    error: {
      message: 'This authorization code has been used.',
      type: 'OAuthException',
      code: 100,
      error_subcode: 36009,
      fbtrace_id: expect.any(String),
    },
  });
});

test.each<[string, Record<string, string>, number, number | undefined]>([
  ['a wrong secret', { client_secret: 'wrong' }, 1, undefined],
  ['an unknown app', { client_id: '1' }, 101, undefined],
  ['another redirect URI', { redirect_uri: 'http://localhost:3000/other' }, 100, 36008],
])('%s is refused at the token endpoint', async (_what, changes, code, subcode) => {
  const emulator = await facebook();
  const answer = await token(emulator, { code: await newCode(emulator), ...changes });
  expect(answer.status).toBe(400);
  expect([parse(answer).error.code, parse(answer).error.error_subcode]).toEqual([code, subcode]);
});

test('a code works once, and with the verifier of its challenge', async () => {
  const emulator = await facebook();
  const { challenge, verifier } = pkce();
  const params = { code_challenge: challenge, code_challenge_method: 'S256' };
  const wrong = await token(emulator, {
    code: await newCode(emulator, params),
    code_verifier: pkce().verifier,
  });
  expect(wrong.status).toBe(400);
  const code = await newCode(emulator, params);
  const both = await Promise.all([1, 2].map(() => token(emulator, { code, code_verifier: verifier })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 400]);
});

test('a redirect URI is compared whole, and unknown scopes stop the dialog', async () => {
  const emulator = await facebook();
  for (const changes of [
    { redirect_uri: `${redirectUri}/more` },
    { client_id: '1' },
    { scope: 'nonsense' },
  ]) {
    const answer = await send(dialogUrl(emulator, changes));
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  }
});

test('an app can require appsecret_proof, and a wrong one is always refused', async () => {
  const strict = { ...app, requireAppSecretProof: true };
  const emulator = await facebook({ clients: [strict, otherApp] });
  const access_token = await signIn(emulator);
  const proof = createHmac('sha256', app.clientSecret).update(access_token).digest('hex');
  expect(parse(await me(emulator, access_token)).error.message).toContain('require an appsecret_proof');
  expect((await me(emulator, access_token, { appsecret_proof: proof })).status).toBe(200);
  const asApp = await graph(emulator, '/debug_token', { input_token: access_token, access_token: appToken });
  expect(asApp.status).toBe(200);
  const other = await signIn(emulator, {}, otherApp);
  expect((await me(emulator, other)).status).toBe(200);
  expect(parse(await me(emulator, other, { appsecret_proof: proof })).error.message).toContain(
    'Invalid appsecret_proof',
  );
});

test('debug_token says whose a token is, and only to its own app', async () => {
  const emulator = await facebook();
  const input_token = await signIn(emulator);
  const ask = (access_token: string, input = input_token) =>
    graph(emulator, '/debug_token', { input_token: input, access_token });
  const { data } = parse(await ask(appToken));
  expect(data).toMatchObject({
    app_id: app.clientId,
    type: 'USER',
    is_valid: true,
    scopes: ['public_profile', 'email'],
  });
  expect(data.user_id).toBe(parse(await me(emulator, input_token)).id);
  expect(data.expires_at - data.issued_at).toBe(hour);
  expect(parse(await ask(appToken, 'EAAnonsense')).data).toMatchObject({
    is_valid: false,
    error: { code: 190 },
  });
  const foreign = await ask(`${otherApp.clientId}|${otherApp.clientSecret}`);
  expect(parse(foreign).error.message).toContain('did not match the Viewing App');
  const credentials = await token(emulator, { grant_type: 'client_credentials' });
  expect(parse(await ask(parse(credentials).access_token)).data.is_valid).toBe(true);
});

test('DELETE permissions ends the grant: the tokens are good for nothing, and the dialog asks again', async () => {
  const emulator = await facebook();
  const browser = new Browser();
  const access_token = await signIn(emulator, { browser });
  const { id } = parse(await me(emulator, access_token));
  expect(parse(await graph(emulator, `/${id}/permissions`, { access_token }, 'DELETE'))).toEqual({
    success: true,
  });
  expect(parse(await me(emulator, access_token)).error).toMatchObject({ code: 190, error_subcode: 458 });
  expect((await visit(dialogUrl(emulator), { browser, account: frida })).pages).toHaveLength(1);
});

test('nobody ends the grant of somebody else', async () => {
  const emulator = await facebook();
  const [own, other] = [await signIn(emulator), await signIn(emulator, { account: '+1 555 0100' })];
  const { id } = parse(await me(emulator, other));
  expect((await graph(emulator, `/${id}/permissions`, { access_token: own }, 'DELETE')).status).toBe(400);
  expect((await me(emulator, other)).status).toBe(200);
});

test('trouble that passes looks like trouble that passes', async () => {
  const emulator = await facebook();
  const access_token = await signIn(emulator);
  for (const [code, status] of [
    [1, 500],
    [2, 500],
    [4, 403],
  ] as const) {
    emulator.failNext(code);
    const answer = await me(emulator, access_token);
    expect([answer.status, parse(answer).error]).toEqual([
      status,
      expect.objectContaining({ code, is_transient: true }),
    ]);
  }
  expect((await me(emulator, access_token)).status).toBe(200);
});

test('a retired version means the oldest that lives; one of the future is an error', async () => {
  const emulator = await facebook();
  const access_token = await signIn(emulator);
  const at = (version: string) => send(`${emulator.url}/${version}/me?access_token=${access_token}`);
  expect((await at('v3.0')).headers['facebook-api-version']).toBe('v22.0');
  expect((await at('v25.0')).headers['facebook-api-version']).toBe('v25.0');
  expect(parse(await at('v99.0')).error.code).toBe(2500);
});

test('without a token, and with nonsense, /me has an error each', async () => {
  const emulator = await facebook();
  expect(parse(await graph(emulator, '/me', {})).error.code).toBe(2500);
  expect(parse(await me(emulator, 'nonsense')).error.code).toBe(190);
});

test('the metadata names no token endpoint; asked for openid, an ID token comes all the same', async () => {
  const emulator = await facebook();
  const metadata = parse(await send(`${emulator.url}/.well-known/openid-configuration/`));
  expect(metadata.issuer).toBe(emulator.url);
  expect(metadata).not.toHaveProperty('token_endpoint');
  const { challenge, verifier } = pkce();
  const code = await newCode(emulator, {
    scope: 'openid email',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  const { id_token, access_token } = parse(await token(emulator, { code, code_verifier: verifier }));
  const { payload } = await jwtVerify(id_token, createRemoteJWKSet(new URL(metadata.jwks_uri)), {
    issuer: emulator.url,
    audience: app.clientId,
  });
  expect(payload).toMatchObject({ nonce: 'nonce-1', email: frida });
  expect(payload.sub).toBe(parse(await me(emulator, access_token)).id);
});
