import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizationServer, startAuthorizationServer } from '../src/index.ts';
import { createPlainClient } from './plain-client.ts';

let as: AuthorizationServer;
let client: ReturnType<typeof createPlainClient>;
beforeEach(async () => {
  as = await startAuthorizationServer();
  client = createPlainClient(as);
});
afterEach(() => as.close());

describe('a whole sign-in', () => {
  it('ends with a verifiable ID token, an at+jwt access token and a refresh token', async () => {
    const { members, status, nonce, callback, state } = await client.signIn({
      resource: 'https://api.example.test',
    });
    expect(status).toBe(200);
    expect(callback.searchParams.get('state')).toBe(state);
    expect(callback.searchParams.get('iss')).toBe(as.issuer);
    const { payload } = await client.verifyIdToken(members.id_token);
    expect(payload).toMatchObject({ nonce, sub: 'alice-0001', email: 'alice@example.test' });
    const jwks = createRemoteJWKSet(new URL(`${as.issuer}/jwks`));
    const access = await jwtVerify(String(members.access_token), jwks, {
      typ: 'at+jwt',
      issuer: as.issuer,
      audience: 'https://api.example.test',
      requiredClaims: ['client_id', 'jti', 'scope'],
    });
    expect(access.payload.scope).toBe('openid profile email offline_access');
  });

  it('answers UserInfo and introspection for the access token', async () => {
    const { members } = await client.signIn();
    const userinfo = await fetch(`${as.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${members.access_token}` },
    });
    expect(await userinfo.json()).toMatchObject({ sub: 'alice-0001', name: 'Alice Example' });
    const introspection = await client.post('/introspect', { token: String(members.access_token) });
    expect(introspection.members).toMatchObject({ active: true, sub: 'alice-0001' });
  });

  it('signs in whom the caller of authorize names, for that time only', async () => {
    const bob = await client.signIn({}, { user: { sub: 'bob-7', email: 'bob@example.test' } });
    expect((await client.verifyIdToken(bob.members.id_token)).payload.sub).toBe('bob-7');
    const next = await client.signIn();
    expect((await client.verifyIdToken(next.members.id_token)).payload.sub).toBe('alice-0001');
  });

  it('takes a pushed request once, and only pushed ones when it says so', async () => {
    as.settings.par = 'required';
    const { url, verifier } = client.startSignIn();
    const form = Object.fromEntries(new URL(url).searchParams);
    const pushed = await client.post('/par', form);
    expect(pushed.status).toBe(201);
    const short = new URL(`${as.issuer}/authorize`);
    short.search = new URLSearchParams({
      client_id: as.client.clientId,
      request_uri: String(pushed.members.request_uri),
    }).toString();
    const callback = new URL(await as.authorize(short.href));
    expect((await client.exchange(callback.searchParams.get('code') ?? '', verifier)).status).toBe(200);
    expect(as.requestsOf('authorize').at(-1)?.authorization?.get('scope')).toContain('openid');
    expect(await as.open(short.href)).toMatchObject({ kind: 'page', status: 400 });
    expect(await as.open(url)).toMatchObject({ kind: 'page', status: 400 });
  });

  it('posts the response as a form when asked', async () => {
    const { url, state } = client.startSignIn({ response_mode: 'form_post' });
    const result = await as.open(url);
    expect(result.kind === 'form' && result.form.get('state')).toBe(state);
  });

  it('serves both well-known forms below an issuer with a path', async () => {
    const tenant = await startAuthorizationServer({ path: '/tenant' });
    const origin = new URL(tenant.issuer).origin;
    const forms = [
      `${tenant.issuer}/.well-known/openid-configuration`,
      `${origin}/.well-known/oauth-authorization-server/tenant`,
    ];
    for (const form of forms) {
      const metadata: unknown = await (await fetch(form)).json();
      expect(metadata).toMatchObject({ issuer: tenant.issuer, jwks_uri: `${tenant.issuer}/jwks` });
    }
    await tenant.close();
  });
});

describe('what it refuses', () => {
  it('a second use of a code, whose tokens it then revokes', async () => {
    const { code, verifier, members } = await client.signIn();
    expect((await client.exchange(code, verifier)).members.error).toBe('invalid_grant');
    expect((await client.refresh(members.refresh_token)).members.error).toBe('invalid_grant');
    expect(as.isActive(String(members.access_token))).toBe(false);
  });

  it.each([
    ['another redirect_uri', { redirect_uri: 'http://localhost:3000/bff/callback/' }],
    ['a wrong verifier', { code_verifier: 'x'.repeat(43) }],
    ['a verifier that is too short', { code_verifier: 'x' }],
  ])('%s', async (_, extra) => {
    const { url, verifier } = client.startSignIn();
    const code = new URL(await as.authorize(url)).searchParams.get('code') ?? '';
    expect((await client.exchange(code, verifier, extra)).members.error).toBe('invalid_grant');
  });

  it('a redirect_uri that is not registered, without redirecting to it', async () => {
    as.client.redirectUris = ['http://localhost:3000/bff/callback'];
    const { url } = client.startSignIn({ redirect_uri: 'http://localhost:3000/bff/callback/' });
    expect(await as.open(url)).toMatchObject({ kind: 'page', status: 400 });
  });

  it('a request without an S256 challenge', async () => {
    const { url } = client.startSignIn({ code_challenge_method: 'plain' });
    expect(new URL(await as.authorize(url)).searchParams.get('error')).toBe('invalid_request');
  });

  it('a resource that is not on the list', async () => {
    as.settings.resources = ['https://api.example.test'];
    const { url } = client.startSignIn({ resource: 'https://other.example.test' });
    expect(new URL(await as.authorize(url)).searchParams.get('error')).toBe('invalid_target');
  });

  it('wrong, missing and doubled client authentication', async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x' };
    const send = (headers: Record<string, string>, more: Record<string, string> = {}) =>
      fetch(`${as.issuer}/token`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ ...form, ...more }),
      });
    const basic = (secret: string) => ({
      authorization: `Basic ${Buffer.from(`${as.client.clientId}:${secret}`).toString('base64')}`,
    });
    expect((await send({})).status).toBe(401);
    expect((await send(basic('wrong'))).status).toBe(401);
    const { clientId, clientSecret } = as.client;
    const posted = { client_id: clientId, client_secret: clientSecret };
    expect(await (await send(basic(clientSecret), posted)).json()).toMatchObject({
      error: 'invalid_request',
    });
    expect(await (await send({}, posted)).json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('BFF-CAUTH-01: nothing but the form-decoded secret of client_secret_basic', async () => {
    const special = await startAuthorizationServer({ client: { clientId: 'a b', clientSecret: 'a:b%+&é' } });
    const { members } = await createPlainClient(special).signIn();
    expect(members.access_token).toBeTypeOf('string');
    expect(special.requestsOf('token')[0]?.client).toEqual({
      method: 'client_secret_basic',
      clientId: 'a b',
      clientSecret: 'a:b%+&é',
    });
    await special.close();
  });
});

describe('refresh tokens', () => {
  it('rotate, and a second use revokes the family', async () => {
    const { members } = await client.signIn();
    const second = await client.refresh(members.refresh_token);
    expect(second.members.refresh_token).not.toBe(members.refresh_token);
    expect((await client.refresh(members.refresh_token)).members.error).toBe('invalid_grant');
    expect((await client.refresh(second.members.refresh_token)).members.error).toBe('invalid_grant');
  });

  it('let only one of two uses at the same time through', async () => {
    const { members } = await client.signIn();
    const answers = await Promise.all([1, 2].map(() => client.refresh(members.refresh_token)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400]);
  });

  it('may be used again within the grace period', async () => {
    as.settings.reuseGracePeriod = 30;
    const { members } = await client.signIn();
    await client.refresh(members.refresh_token);
    expect((await client.refresh(members.refresh_token)).status).toBe(200);
    as.settings.clockOffset = 31;
    expect((await client.refresh(members.refresh_token)).members.error).toBe('invalid_grant');
  });

  it('stay the same when rotation is off', async () => {
    as.settings.refreshTokens = 'keep';
    const { members } = await client.signIn();
    const second = await client.refresh(members.refresh_token);
    expect(second.members).not.toHaveProperty('refresh_token');
    expect((await client.refresh(members.refresh_token)).status).toBe(200);
  });

  it('expire, and say when', async () => {
    as.settings.refreshTokenLifetime = 600;
    const { members } = await client.signIn();
    expect(members.refresh_expires_in).toBe(600);
    as.settings.clockOffset = 600;
    expect((await client.refresh(members.refresh_token)).members.error).toBe('invalid_grant');
  });

  it('end with revokeGrants of their subject only, and by revocation', async () => {
    const alice = await client.signIn();
    const bob = await client.signIn({}, { user: { sub: 'bob' } });
    as.revokeGrants('bob');
    expect((await client.refresh(bob.members.refresh_token)).members.error).toBe('invalid_grant');
    const refreshed = await client.refresh(alice.members.refresh_token);
    expect(refreshed.status).toBe(200);
    const token = String(refreshed.members.refresh_token);
    expect((await client.post('/revoke', { token, token_type_hint: 'refresh_token' })).status).toBe(200);
    expect(as.isActive(token)).toBe(false);
    expect((await client.refresh(token)).members.error).toBe('invalid_grant');
  });
});

describe('the sign-in form', () => {
  it('keeps the person signed in until logout', async () => {
    as.settings.interactive = true;
    const { url } = client.startSignIn();
    const form = await as.open(url);
    const hidden = form.kind === 'page' ? /name="request" value="([^"]*)"/.exec(form.html)?.[1] : undefined;
    const request = (hidden ?? '').replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    const submit = (password: string) =>
      fetch(`${as.issuer}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ request, login: 'alice@example.test', password }),
      });
    expect((await submit('wrong')).status).toBe(200);
    const signedIn = await submit('coatcheck');
    expect(signedIn.headers.get('location')).toContain('code=');

    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const silent = client.startSignIn({ prompt: 'none' }).url;
    expect(await as.authorize(silent, { headers: { cookie } })).toContain('code=');
    const back = 'http://localhost:3000/bff/logout/callback';
    const query = new URLSearchParams({
      post_logout_redirect_uri: back,
      state: 's1',
      client_id: as.client.clientId,
    });
    const logout = await fetch(`${as.issuer}/logout?${query}`, { redirect: 'manual', headers: { cookie } });
    expect(logout.headers.get('location')).toBe(`${back}?state=s1`);
    expect(await as.authorize(silent, { headers: { cookie } })).toContain('error=login_required');
  });
});

describe('records', () => {
  it('hold every request with its form, and know every credential', async () => {
    const { members, code, verifier } = await client.signIn();
    expect(as.hits('authorize')).toBe(1);
    expect(as.hits('token')).toBe(1);
    const [request] = as.requestsOf('token');
    expect(request?.form.get('code_verifier')).toBe(verifier);
    expect(request?.query.size).toBe(0);
    const canaries = as.canaries();
    const known = new Map(canaries.map(({ value, kind }) => [value, kind]));
    expect(known.get(code)).toBe('code');
    expect(known.get(verifier)).toBe('code_verifier');
    expect(known.get(as.client.clientSecret)).toBe('client_secret');
    for (const kind of ['access_token', 'refresh_token', 'id_token'] as const) {
      expect(known.get(String(members[kind]))).toBe(kind);
    }
    for (const { marker } of canaries) if (marker) expect(marker).toMatch(/^canary-\w+-[\w-]{32}$/);
    as.clearRecords();
    expect(as.hits('token')).toBe(0);
    expect(as.canaries()).toHaveLength(canaries.length);
  });
});
