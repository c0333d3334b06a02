import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi } from './support/api.ts';
import { type AuthorizationServer, startAuthorizationServer } from './support/authorization-server.ts';

let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

const expire = { method: 'POST', url: '/api/demo/expire-token' } as const;

test('there is no such route unless it was asked for', async () => {
  const app = await startApi(idp.issuer);
  expect((await app.inject({ ...expire, headers: idp.bearer() })).statusCode).toBe(404);
});

test('a token that was expired is refused as an expired one is, and no other token', async () => {
  const app = await startApi(idp.issuer, { expiresOnDemand: true });
  const [one, other] = [idp.bearer({ jti: 'one' }), idp.bearer({ jti: 'other' })];
  expect((await app.inject({ url: '/api/me', headers: one })).statusCode).toBe(200);
  expect((await app.inject({ ...expire, headers: one })).statusCode).toBe(204);
  const refused = await app.inject({ url: '/api/me', headers: one });
  expect([refused.statusCode, refused.json().code]).toEqual([401, 'token_expired']);
  expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
  expect((await app.inject({ ...expire, headers: one })).statusCode).toBe(401);
  expect((await app.inject({ url: '/api/me', headers: other })).statusCode).toBe(200);
  expect((await app.inject('/healthz')).statusCode).toBe(200);
});

test('it needs a token, and forgets those that ran out by themselves', async () => {
  let now = Date.now();
  const app = await startApi(idp.issuer, { expiresOnDemand: true, clock: () => now });
  expect((await app.inject(expire)).statusCode).toBe(401);
  const exp = Math.floor(now / 1_000) + 60;
  await app.inject({ ...expire, headers: idp.bearer({ jti: 'again', exp }) });
  now += 61_000;
  const later = { exp: exp + 300 };
  await app.inject({ ...expire, headers: idp.bearer({ jti: 'another', ...later }) });
  expect(
    (await app.inject({ url: '/api/me', headers: idp.bearer({ jti: 'again', ...later }) })).statusCode,
  ).toBe(200);
});
