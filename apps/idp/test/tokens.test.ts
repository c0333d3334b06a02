import { expect, test } from 'vitest';
import { Browser } from './browser.ts';
import { send } from './http.ts';
import {
  apiAudience,
  asClient,
  authorizationRequest,
  errorOf,
  exchange,
  goThrough,
  readJwt,
  redirectUri,
  refresh,
  signIn,
  tokensOf,
} from './relying-party.ts';
import { start } from './start.ts';

const alice = '05ce22ca-fad7-4365-a9dc-815660ef9b25';

test('the ID token names the user, how and when they signed in, and their roles', async () => {
  const idp = await start();
  const { id_token } = await signIn(idp, { nonce: 'n-123' });
  const { header, claims } = await readJwt(idp, id_token);
  expect(header).toMatchObject({ alg: 'RS256', kid: expect.any(String) });
  expect(claims).toMatchObject({
    iss: idp.issuer,
    aud: 'coatcheck',
    sub: alice,
    nonce: 'n-123',
    sid: expect.any(String),
    acr: 'urn:coatcheck:acr:password',
    amr: ['pwd'],
    auth_time: expect.any(Number),
    name: 'Alice Example',
    given_name: 'Alice',
    family_name: 'Example',
    email: 'alice@example.test',
    email_verified: true,
    roles: ['user'],
  });
});

test('the access token is a JWT for the API (RFC 9068)', async () => {
  const idp = await start({ lifetimes: { accessToken: 7, refreshToken: 60 } });
  const { access_token, expires_in, scope } = await signIn(idp, {}, { login: 'admin@example.test' });
  const { header, claims } = await readJwt(idp, access_token);
  expect(header).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
  expect(claims).toMatchObject({
    iss: idp.issuer,
    aud: apiAudience,
    sub: '5d6c96ce-0334-4b71-a576-0f95ae5b4fe8',
    client_id: 'coatcheck',
    scope: 'notes:read notes:write admin',
    roles: ['user', 'admin'],
    jti: expect.any(String),
    iat: expect.any(Number),
    auth_time: expect.any(Number),
    acr: 'urn:coatcheck:acr:password',
  });
  expect(claims.exp - claims.iat).toBe(7);
  expect(expires_in).toBe(7);
  expect(scope).toBe(claims.scope);
});

test('the scope admin is left out for whoever is not an administrator', async () => {
  const idp = await start();
  const tokens = await signIn(idp);
  expect(tokens.scope).toBe('notes:read notes:write');
  const again = tokensOf(await refresh(idp, tokens.refresh_token));
  expect(again.scope).toBe('notes:read notes:write');
});

test('without a resource, scopes of the API make a token for the API, at the refresh too', async () => {
  const idp = await start();
  const tokens = await signIn(idp, { resource: undefined });
  expect((await readJwt(idp, tokens.access_token)).claims.aud).toBe(apiAudience);
  const again = tokensOf(await refresh(idp, tokens.refresh_token));
  expect((await readJwt(idp, again.access_token)).claims.aud).toBe(apiAudience);
});

test('the resource can be named at the refresh; another one is refused', async () => {
  const idp = await start();
  const { refresh_token } = await signIn(idp);
  const again = tokensOf(await refresh(idp, refresh_token, { resource: apiAudience, scope: 'notes:read' }));
  expect((await readJwt(idp, again.access_token)).claims).toMatchObject({
    aud: apiAudience,
    scope: 'notes:read',
  });
  expect(errorOf(await refresh(idp, again.refresh_token, { resource: 'urn:other' }))).toBe('invalid_target');
});

test('an unknown resource is refused at the authorization request', async () => {
  const idp = await start();
  const request = authorizationRequest(idp, { resource: 'urn:other' });
  const answer = await send(`${idp.issuer}/auth?${new URLSearchParams(request.params)}`);
  expect(new URL(answer.headers.location ?? '').searchParams.get('error')).toBe('invalid_target');
});

test('a sign-in alone gets an opaque token for the userinfo endpoint', async () => {
  const idp = await start();
  const tokens = await signIn(idp, { scope: 'openid profile email', resource: undefined });
  expect(tokens.refresh_token).toBeUndefined();
  const answer = await send(`${idp.issuer}/me`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(JSON.parse(answer.body)).toMatchObject({ sub: alice, email: 'alice@example.test', roles: ['user'] });
});

test('a pushed request carries the resource and offline_access without prompt=consent', async () => {
  const idp = await start();
  const { params, verifier } = authorizationRequest(idp);
  const pushed = await asClient(idp, '/request', { ...params });
  expect(pushed.status).toBe(201);
  const { request_uri } = JSON.parse(pushed.body);
  const short = new URLSearchParams({ client_id: idp.clientId, request_uri });
  const end = await goThrough(new Browser(), `${idp.issuer}/auth?${short}`);
  expect(end.url).toContain(redirectUri);
  const code = new URL(end.url).searchParams.get('code');
  const tokens = tokensOf(await exchange(idp, code, { code_verifier: verifier }));
  expect((await readJwt(idp, tokens.access_token)).claims.aud).toBe(apiAudience);
  expect(tokens.refresh_token).toEqual(expect.any(String));
});

test('without offline_access there is no refresh token', async () => {
  const idp = await start();
  const tokens = await signIn(idp, { scope: 'openid notes:read' });
  expect(tokens.refresh_token).toBeUndefined();
});

test('the client sees at the introspection endpoint whether its refresh token lives', async () => {
  const idp = await start();
  const { refresh_token } = await signIn(idp);
  const ask = async () =>
    JSON.parse((await asClient(idp, '/token/introspection', { token: refresh_token })).body);
  expect(await ask()).toMatchObject({ active: true, client_id: 'coatcheck' });
  expect((await asClient(idp, '/token/revocation', { token: refresh_token })).status).toBe(200);
  expect(await ask()).toEqual({ active: false });
  expect(errorOf(await refresh(idp, refresh_token))).toBe('invalid_grant');
});

test('a wrong client secret is refused', async () => {
  const idp = await start();
  const answer = await asClient({ ...idp, clientSecret: 'wrong' }, '/token', {
    grant_type: 'refresh_token',
    refresh_token: 'any',
  });
  expect(answer.status).toBe(401);
  expect(errorOf(answer)).toBe('invalid_client');
});
