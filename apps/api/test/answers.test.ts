import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../src/database.ts';
import { startApi } from './support/api.ts';
import { type AuthorizationServer, startAuthorizationServer } from './support/authorization-server.ts';

const routes = [
  ['GET', '/api/notes'],
  ['POST', '/api/notes'],
  ['DELETE', '/api/notes'],
  ['PATCH', '/api/notes/{id}'],
  ['DELETE', '/api/notes/{id}'],
  ['POST', '/api/notes/{id}/restore'],
  ['GET', '/api/admin/users'],
  ['GET', '/api/me'],
  ['GET', '/api/stream'],
  ['GET', '/healthz'],
  ['GET', '/openapi.json'],
] as const;
const open: readonly string[] = ['/healthz', '/openapi.json'];

let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

describe('every route', () => {
  it.each(routes)('%s %s needs a token unless it is public', async (method, url) => {
    const app = await startApi(idp.issuer);
    const response = await app.inject({ method, url });
    expect(response.statusCode).toBe(open.includes(url) ? 200 : 401);
  });

  it('stands in the OpenAPI document with the scopes it needs and its schemas', async () => {
    const app = await startApi(idp.issuer);
    const { openapi, paths } = (await app.inject('/openapi.json')).json();
    const listed = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(Object(operations)).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(openapi).toBe('3.1.0');
    expect(listed.toSorted()).toEqual(routes.map(([method, url]) => `${method} ${url}`).toSorted());
    expect(paths['/api/notes'].post.security).toEqual([{ accessToken: ['notes:write'] }]);
    expect(paths['/api/me'].get.security).toEqual([{ accessToken: [] }]);
    expect(paths['/api/notes'].delete.description).toBe('Needs a sign-in at most 60 s ago.');
    expect(paths['/api/admin/users'].get.description).toBe('Needs the role admin.');
    expect(paths['/healthz'].get.security).toEqual([]);
    const { schema } = paths['/api/notes'].post.requestBody.content['application/json'];
    expect(schema.properties.title).toMatchObject({ type: 'string', minLength: 1, maxLength: 200 });
    expect(paths['/api/notes'].get.responses['4XX'].content).toHaveProperty(['application/problem+json']);
  });

  it('answers without CORS headers and is never stored, good or bad', async () => {
    const app = await startApi(idp.issuer);
    const origin = { origin: 'https://evil.test', 'access-control-request-method': 'POST' };
    const answers = await Promise.all([
      app.inject({ url: '/api/notes', headers: { ...origin, ...idp.bearer() } }),
      app.inject({ url: '/api/notes', headers: origin }),
      app.inject({ method: 'OPTIONS', url: '/api/notes', headers: origin }),
      app.inject({ method: 'OPTIONS', url: '/api/notes', headers: { ...origin, ...idp.bearer() } }),
      app.inject({ url: '/nothing', headers: { ...origin, ...idp.bearer() } }),
      app.inject({ url: '/api/notes/%zz', headers: { ...origin, ...idp.bearer() } }),
      app.inject({ url: '/healthz', headers: origin }),
    ]);
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 401, 401, 404, 404, 400, 200]);
    for (const { headers } of answers) {
      expect(headers['cache-control']).toBe('no-store');
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    for (const answer of answers.slice(1, -1)) {
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    }
  });

  it('a broken database is a 500 problem that says nothing, and the log says it', async () => {
    const lines: string[] = [];
    const opened = openDatabase(':memory:');
    if (opened.kind !== 'open') throw new Error(opened.detail);
    const log = { level: 'info', stream: { write: (line: string) => lines.push(line) } };
    const app = await startApi(idp.issuer, { database: opened.database, log });
    opened.database.exec('DROP TABLE notes');
    const response = await app.inject({ url: '/api/notes', headers: idp.bearer() });
    expect(response.statusCode).toBe(500);
    expect(response.json()).toMatchObject({ code: 'internal_error' });
    expect(response.body).not.toMatch(/notes|sqlite|node_modules/i);
    expect(lines.join('')).toContain('no such table');
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});

describe('the log', () => {
  it('has paths only: no query, no header, no body, no token', async () => {
    const lines: string[] = [];
    const log = { level: 'trace', stream: { write: (line: string) => lines.push(line) } };
    const app = await startApi(idp.issuer, { log });
    const token = idp.token();
    const headers = {
      authorization: `Bearer ${token}`,
      cookie: 'canary-cookie=1',
      'x-request-id': 'from-bff-1',
    };
    await app.inject({ url: '/api/notes?after=canary-query', headers });
    await app.inject({ url: '/nothing?canary-query', headers });
    await app.inject({ url: '/api/notes/%zz?canary-query', headers });
    await app.inject({ url: '/api/me?access_token=canary-query' });
    await app.inject({ url: '/api/me', headers: { authorization: `Bearer ${token}x` } });
    const payload = { title: 'canary-body', body: 7 };
    await app.inject({ method: 'POST', url: '/api/notes', headers, payload });
    const bad = { ...headers, 'content-type': 'application/json' };
    await app.inject({ method: 'POST', url: '/api/notes', headers: bad, payload: '{"canary-body' });
    const text = lines.join('');
    expect(text).not.toContain('canary');
    for (const part of token.split('.')) expect(text).not.toContain(part);
    expect(text).toContain('"path":"/api/notes"');
    expect(text).toContain('"reqId":"from-bff-1"');
  });

  it('takes no other request id from outside', async () => {
    const lines: string[] = [];
    const log = { level: 'info', stream: { write: (line: string) => lines.push(line) } };
    const app = await startApi(idp.issuer, { log });
    await app.inject({ url: '/healthz', headers: { 'x-request-id': 'canary id' } });
    await app.inject({ url: '/healthz', headers: { 'x-request-id': 'z'.repeat(65) } });
    expect(lines.join('')).not.toMatch(/canary|zzz/);
  });
});
