import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  startAuthorizationServer,
} from './support/authorization-server.ts';

const administrator = { sub: 'root', scope: 'admin', roles: ['user', 'admin'] };
let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

describe('GET /api/admin/users', () => {
  it.each([
    ['neither', { scope: 'notes:read', roles: ['user'] }, 403, 'insufficient_scope'],
    ['the role alone', { scope: 'notes:read', roles: ['admin'] }, 403, 'insufficient_scope'],
    ['the scope alone', { scope: 'admin', roles: ['user'] }, 403, 'insufficient_role'],
    ['both', { scope: 'admin', roles: ['admin'] }, 200, undefined],
  ])('with %s', async (_, claims, status, code) => {
    const app = await startApi(idp.issuer);
    const headers = { ...idp.bearer(claims), 'x-user-roles': 'admin' };
    const response = await app.inject({ url: '/api/admin/users', headers });
    expect(response.statusCode).toBe(status);
    expect(response.json().code).toBe(code);
  });

  it('lists whom the API has seen, with notes, last call, and name and e-mail once a token had them', async () => {
    let now = Date.now();
    const app = await startApi(idp.issuer, { clock: () => now });
    const exp = Math.floor(now / 1000) + 3600;
    const alice = { sub: 'alice', name: 'Alice', email: 'alice@example.test', exp };
    const payload = { title: 't', body: '' };
    const first = new Date(now).toISOString();
    await app.inject({ method: 'POST', url: '/api/notes', headers: idp.bearer(alice), payload });
    await app.inject({ method: 'POST', url: '/api/notes', headers: idp.bearer(alice), payload });
    await app.inject({ url: '/api/me', headers: idp.bearer({ sub: 'alice', exp }) });
    await app.inject({ url: '/api/me', headers: idp.bearer({ sub: 'bob', name: ['x'], exp }) });
    await app.inject({ url: '/api/me', headers: idp.bearer({ sub: 'eve', aud: 'urn:example:other', exp }) });
    await app.inject({ url: '/healthz', headers: idp.bearer({ sub: 'passer-by', exp }) });
    now += 120_000;
    await app.inject({ url: '/api/me', headers: idp.bearer({ sub: 'alice', exp }) });

    const headers = idp.bearer({ ...administrator, exp });
    const { users, total } = (await app.inject({ url: '/api/admin/users', headers })).json();
    const issuer = idp.issuer;
    const nobody = { name: null, email: null, notes: 0 };
    const later = new Date(now).toISOString();
    expect(total).toBe(3);
    expect(users).toEqual([
      { issuer, subject: 'alice', name: 'Alice', email: 'alice@example.test', notes: 2, lastSeen: later },
      { issuer, subject: 'root', ...nobody, lastSeen: later },
      { issuer, subject: 'bob', ...nobody, lastSeen: first },
    ]);
    const short = (await app.inject({ url: '/api/admin/users?limit=1', headers })).json();
    expect([short.users.length, short.total]).toEqual([1, 3]);
  });
});

describe('GET /api/me', () => {
  it('shows the claims, the type of the token and its expiry, never the token', async () => {
    const now = Date.now();
    const exp = Math.floor(now / 1000) + 100;
    const token = idp.token({ exp, auth_time: 7 });
    const app = await startApi(idp.issuer, { clock: () => now });
    const response = await app.inject({ url: '/api/me', headers: { authorization: `Bearer ${token}` } });
    expect(response.json()).toMatchObject({
      issuer: idp.issuer,
      subject: 'alice',
      clientId: 'bff',
      tokenType: 'Bearer',
      scopes: ['notes:read', 'notes:write'],
      roles: ['user'],
      expiresAt: new Date(exp * 1000).toISOString(),
      claims: { aud: audience, auth_time: 7, jti: 'canary-jti' },
    });
    expect(response.json().expiresIn).toBeGreaterThan(97);
    for (const part of token.split('.')) expect(response.body).not.toContain(part);
  });
});
