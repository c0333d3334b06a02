import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi, call } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  startAuthorizationServer,
} from './support/authorization-server.ts';
import { overTheWire } from './support/wire.ts';

let idp: AuthorizationServer;
let app: FastifyInstance;
let log: string[];
let good: string;

beforeAll(async () => {
  idp = await startAuthorizationServer();
  ({ app, log } = await buildApi({ issuer: idp.issuer, audience }));
  good = await idp.sign(idp.claims());
  await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await app.close();
  await idp.close();
});

describe('BFF-RS-05: refusals', () => {
  it.each<[string, string, () => Promise<string> | string, number, string, string | undefined]>([
    ['no credentials', '/any', () => '', 401, 'token_required', 'Bearer realm="api"'],
    ['other credentials', '/any', () => 'Basic YTpi', 401, 'token_required', 'Bearer realm="api"'],
    ['a DPoP token', '/any', () => `DPoP ${good}`, 401, 'token_required', 'Bearer realm="api"'],
    [
      'a bad token',
      '/any',
      () => 'Bearer nonsense',
      401,
      'invalid_token',
      'Bearer realm="api", error="invalid_token"',
    ],
    [
      'an expired token',
      '/any',
      async () => `Bearer ${await idp.sign(idp.claims(Date.now() - 3_600_000))}`,
      401,
      'invalid_token',
      'Bearer realm="api", error="invalid_token"',
    ],
    [
      'a missing scope',
      '/both',
      () => `Bearer ${good}`,
      403,
      'insufficient_scope',
      'Bearer realm="api", error="insufficient_scope", scope="notes:read notes:write"',
    ],
    ['a missing role', '/admin', () => `Bearer ${good}`, 403, 'insufficient_role', undefined],
  ])('%s on %s', async (_, url, authorization, status, code, challenge) => {
    const value = await authorization();
    const response = await app.inject({ url, headers: value === '' ? {} : { authorization: value } });
    expect(response.statusCode).toBe(status);
    expect(response.headers['www-authenticate']).toBe(challenge);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json(;|$)/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(response.json()).toEqual({
      type: 'about:blank',
      title: expect.any(String),
      status,
      code,
      detail: expect.any(String),
    });
  });

  it('the realm is the one of the options', async () => {
    const { app: other } = await buildApi({ issuer: idp.issuer, audience, realm: 'notes of example' });
    expect((await other.inject('/any')).headers['www-authenticate']).toBe('Bearer realm="notes of example"');
    await other.close();
  });

  it('neither answers nor the log hold a token', async () => {
    const [header, payload, signature] = (
      await idp.sign({ ...idp.claims(), aud: 'urn:example:other' })
    ).split('.');
    const response = await call(app, `${header}.${payload}.${signature}`);
    const everything = JSON.stringify(response.headers) + response.body + log.join('');
    expect(response.statusCode).toBe(401);
    for (const part of [header, payload, signature, ...good.split('.')])
      expect(everything).not.toContain(part);
    expect(log.join('')).toContain('unexpected \\"aud\\" claim value');
  });
});

describe('BFF-RS-06: the token comes from one Authorization header', () => {
  it.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('scheme %s: 200', async (scheme) => {
    const response = await app.inject({ url: '/any', headers: { authorization: `${scheme} ${good}` } });
    expect(response.statusCode).toBe(200);
  });

  it.each<[string, () => string]>([
    ['no token', () => 'Bearer'],
    ['a quoted token', () => `Bearer "${good}"`],
    ['two tokens', () => `Bearer ${good} ${good}`],
    ['two tokens with a comma', () => `Bearer ${good}, Bearer ${good}`],
    ['a parameter', () => `Bearer token=${good}`],
    ['something before the scheme', () => `x Bearer ${good}`],
    ['no space', () => `Bearer${good}`],
    ['a tab', () => `Bearer\t${good}`],
    ['the token alone', () => good],
  ])('%s: 401', async (_, authorization) => {
    const response = await app.inject({ url: '/any', headers: { authorization: authorization() } });
    expect(response.statusCode).toBe(401);
  });

  it('a token in the query, a cookie or a form body: 401 without an error code', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answers = await Promise.all([
      app.inject({ url: '/any', query: { access_token: good } }),
      app.inject({ url: '/any', headers: { cookie: `access_token=${good}; Authorization=Bearer ${good}` } }),
      app.inject({ method: 'POST', url: '/any', headers: form, payload: `access_token=${good}` }),
      app.inject({ method: 'POST', url: '/any', payload: { access_token: good } }),
      app.inject({ url: '/any', headers: { 'proxy-authorization': `Bearer ${good}` } }),
      app.inject({ url: '/any', headers: { 'x-authorization': `Bearer ${good}`, 'x-access-token': good } }),
    ]);
    for (const answer of answers) {
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="api"');
    }
  });

  it.each<[string, (token: string) => [string, string]]>([
    ['the same twice', (token) => [`Bearer ${token}`, `Bearer ${token}`]],
    ['good then bad', (token) => [`Bearer ${token}`, 'Bearer x']],
    ['bad then good', (token) => ['Bearer x', `Bearer ${token}`]],
    ['another scheme first', (token) => ['Basic YTpi', `Bearer ${token}`]],
  ])('two Authorization headers, %s: 400', async (_, values) => {
    const [first, second] = values(good);
    const { status, headers } = await overTheWire(app, ['Authorization', first, 'AUTHORIZATION', second]);
    expect(status).toBe(400);
    expect(headers['www-authenticate']).toBe('Bearer realm="api", error="invalid_request"');
  });

  it('one Authorization header over the wire: 200', async () => {
    expect((await overTheWire(app, ['aUtHoRiZaTiOn', `Bearer ${good}`])).status).toBe(200);
  });
});
