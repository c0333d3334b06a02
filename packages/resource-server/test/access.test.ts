import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import resourceServer, { principalKey } from '../src/index.ts';
import { buildApi, call } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  startAuthorizationServer,
} from './support/authorization-server.ts';

let idp: AuthorizationServer;
let app: FastifyInstance;

beforeAll(async () => {
  idp = await startAuthorizationServer();
  ({ app } = await buildApi({ issuer: idp.issuer, audience }));
});
afterAll(async () => {
  await app.close();
  await idp.close();
});

async function statusOf(url: string, claims: Record<string, unknown>): Promise<number> {
  return (await call(app, await idp.sign({ ...idp.claims(), ...claims }), url)).statusCode;
}

describe('every route of the encapsulation is protected unless it says public', () => {
  it('before and after the plugin, in sub-plugins before and after it, and paths that do not exist', async () => {
    const server = Fastify();
    const within = async (scope: FastifyInstance) => {
      scope.get('/same-before', () => 'x');
      scope.register(async (child) => {
        child.get('/child-before', (request) => request.principal.subject);
      });
      scope.register(resourceServer, { issuer: idp.issuer, audience });
      scope.register(async (child) => {
        child.get('/child-after', (request) => request.principal.subject);
      });
      scope.get('/same-after', () => 'x');
      scope.post('/same-after', () => 'x');
      scope.all('/wild/*', () => 'x');
      scope.setNotFoundHandler((_, reply) => reply.code(404).send());
    };
    server.get('/outside', () => 'x');
    server.register(within, { prefix: '/in' });
    await server.ready();

    const token = await idp.sign(idp.claims());
    expect((await server.inject('/outside')).statusCode).toBe(200);
    for (const url of [
      '/in/same-before',
      '/in/child-before',
      '/in/child-after',
      '/in/same-after',
      '/in/wild/x',
    ]) {
      expect((await server.inject(url)).statusCode, url).toBe(401);
      expect((await server.inject({ url, method: 'HEAD' })).statusCode, url).toBe(401);
      expect((await call(server, token, url)).statusCode, url).toBe(200);
    }
    expect((await server.inject({ url: '/in/same-after', method: 'POST' })).statusCode).toBe(401);
    expect((await server.inject('/in/nothing-here')).statusCode).toBe(401);
    expect((await call(server, token, '/in/nothing-here')).statusCode).toBe(404);
    await server.close();
  });

  it('public routes answer with and without a token, good or bad, and know no principal', async () => {
    expect((await app.inject('/open')).statusCode).toBe(200);
    expect((await call(app, 'nonsense', '/open')).statusCode).toBe(200);
    expect((await call(app, await idp.sign(idp.claims()), '/open-but-curious')).statusCode).toBe(500);
  });

  it.each([
    ['a misspelt public', 'pubic'],
    ['a misspelt member', { scope: ['notes:read'] }],
    ['text for a list', { scopes: 'notes:read' }],
    ['an empty list', { roles: [] }],
    ['an empty name', { roles: [''] }],
    ['two scopes in one', { scopes: ['notes:read notes:write'] }],
    ['a quote in a scope', { scopes: ['a"b'] }],
    ['an acr with a space', { acr: ['urn:a urn:b'] }],
    ['an acr that is text', { acr: 'urn:a' }],
    ['an age of nothing', { maxAge: 0 }],
    ['an age that is text', { maxAge: '60' }],
    ['an age of half a second', { maxAge: 0.5 }],
    ['a misspelt age', { max_age: 60 }],
    ['null', null],
    ['true', true],
    ['a list', ['notes:read']],
  ])('%s in the config of a route stops the start', async (_, access) => {
    const server = Fastify();
    await server.register(resourceServer, { issuer: idp.issuer, audience });
    const config = JSON.parse(JSON.stringify({ access }));
    expect(() => server.get('/x', { config }, () => 'x')).toThrow(/^(GET|HEAD) \/x: .*config\.access/);
    await server.close();
  });
});

describe('scopes and roles', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['/notes', { scope: 'notes:read' }, 200],
    ['/notes', { scope: 'openid notes:read profile' }, 200],
    ['/notes', { scope: '' }, 403],
    ['/notes', { scope: undefined }, 403],
    ['/notes', { scope: ['notes:read'] }, 403],
    ['/notes', { scope: 'notes:reader' }, 403],
    ['/notes', { scope: 'NOTES:READ' }, 403],
    ['/notes', { scope: 'notes:read,notes:write' }, 403],
    ['/notes', { scp: 'notes:read', scope: undefined }, 403],
    ['/both', { scope: 'notes:read' }, 403],
    ['/both', { scope: 'notes:write notes:read' }, 200],
    ['/admin', { scope: 'notes:read', roles: ['user', 'admin'] }, 200],
    ['/admin', { scope: 'notes:read', roles: ['user'] }, 403],
    ['/admin', { scope: 'notes:read', roles: 'admin' }, 403],
    ['/admin', { scope: 'notes:read', roles: { admin: true } }, 403],
    ['/admin', { scope: 'notes:read', roles: [['admin']] }, 403],
    ['/admin', { scope: 'notes:read', groups: ['admin'] }, 403],
    ['/admin', { scope: 'admin', roles: ['admin'] }, 403],
  ])('%s with %j: %i', async (url, claims, status) => {
    expect(await statusOf(url, claims)).toBe(status);
  });

  it('rolesClaim names another claim, or one inside an object', async () => {
    const at = async (rolesClaim: string | string[], claims: Record<string, unknown>) => {
      const { app: other } = await buildApi({ issuer: idp.issuer, audience, rolesClaim });
      const { roles } = (await call(other, await idp.sign({ ...idp.claims(), ...claims }))).json();
      await other.close();
      return roles;
    };
    expect(await at('https://example.test/roles', { 'https://example.test/roles': ['admin'] })).toEqual([
      'admin',
    ]);
    expect(await at(['realm_access', 'roles'], { realm_access: { roles: ['admin', 7] } })).toEqual(['admin']);
    expect(await at(['realm_access', 'roles'], { roles: ['admin'] })).toEqual([]);
  });
});

describe('BFF-RS-09: the caller is who the token says, by issuer and subject', () => {
  it('the principal comes from the token', async () => {
    const claims = { ...idp.claims(), scope: 'notes:read admin admin', roles: ['user', 7, 'admin'] };
    const response = await call(app, await idp.sign(claims));
    expect(response.json()).toEqual({
      issuer: idp.issuer,
      subject: 'alice',
      clientId: 'spa',
      scopes: ['notes:read', 'admin'],
      roles: ['user', 'admin'],
      tokenType: 'Bearer',
      claims,
    });
  });

  it('headers, query and cookies that name a user, a role or a scope have no effect', async () => {
    const authorization = `Bearer ${await idp.sign(idp.claims())}`;
    const headers = {
      'x-user': 'admin',
      'x-forwarded-user': 'admin',
      'x-roles': 'admin',
      'x-scope': 'admin',
      forwarded: 'for=admin',
      cookie: 'sub=admin; roles=admin',
    };
    const plain = await app.inject({ url: '/any', headers: { authorization } });
    const spoofed = await app.inject({
      url: '/any?sub=admin&roles=admin',
      headers: { ...headers, authorization },
    });
    expect(spoofed.json()).toEqual(plain.json());
    const admin = await app.inject({ url: '/admin?roles=admin', headers: { ...headers, authorization } });
    expect(admin.statusCode).toBe(403);
    expect((await app.inject({ url: '/any', headers })).statusCode).toBe(401);
  });

  it('the same subject of another issuer is another principal, and its token is refused here', async () => {
    const second = await startAuthorizationServer();
    const { app: other } = await buildApi({ issuer: second.issuer, audience });
    const here = (await call(app, await idp.sign(idp.claims()))).json();
    const there = (await call(other, await second.sign(second.claims()))).json();
    expect(here.subject).toBe(there.subject);
    expect(principalKey(here)).not.toBe(principalKey(there));
    expect((await call(other, await idp.sign(idp.claims()))).statusCode).toBe(401);
    await other.close();
    await second.close();
  });

  it.each([
    [
      { issuer: 'https://a.test', subject: 'b c' },
      { issuer: 'https://a.test b', subject: 'c' },
    ],
    [
      { issuer: 'https://a.test', subject: 'x","y' },
      { issuer: 'https://a.test","x', subject: 'y' },
    ],
  ])('keys of different parties never meet', (one, other) => {
    expect(principalKey(one)).not.toBe(principalKey(other));
    expect(principalKey(one)).toBe(principalKey({ ...one }));
  });
});
