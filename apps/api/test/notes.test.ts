import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, temporaryDirectory } from './support/api.ts';
import { type AuthorizationServer, startAuthorizationServer } from './support/authorization-server.ts';

let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

describe('notes', () => {
  it('are written, listed, changed and deleted', async () => {
    let now = Date.parse('2026-11-24T08:00:00Z');
    const late = { exp: Math.floor(now / 1000) + 3600, iat: Math.floor(now / 1000) };
    const headers = idp.bearer(late);
    const app = await startApi(idp.issuer, { clock: () => now });
    expect((await app.inject({ url: '/api/notes', headers })).json()).toEqual({ notes: [], next: null });

    const payload = { title: 'Milk', body: 'two litres' };
    const created = await app.inject({ method: 'POST', url: '/api/notes', headers, payload });
    expect(created.statusCode).toBe(201);
    const note = created.json();
    expect(note).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      ...payload,
      createdAt: '2026-11-24T08:00:00.000Z',
      updatedAt: '2026-11-24T08:00:00.000Z',
    });

    now += 60_000;
    const url = `/api/notes/${note.id}`;
    const changed = await app.inject({ method: 'PATCH', url, headers, payload: { title: 'Oat milk' } });
    expect(changed.json()).toEqual({ ...note, title: 'Oat milk', updatedAt: '2026-11-24T08:01:00.000Z' });
    const emptied = await app.inject({ method: 'PATCH', url, headers, payload: { body: '' } });
    expect(emptied.json()).toMatchObject({ title: 'Oat milk', body: '' });
    expect((await app.inject({ url: '/api/notes', headers })).json().notes).toEqual([emptied.json()]);

    const deleted = await app.inject({ method: 'DELETE', url, headers });
    expect([deleted.statusCode, deleted.body]).toEqual([204, '']);
    expect((await app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(404);
    expect((await app.inject({ url: '/api/notes', headers })).json().notes).toEqual([]);
  });

  it('keep any text as it is', async () => {
    const app = await startApi(idp.issuer);
    const payload = { title: `'; DROP TABLE notes; -- 😀 \u0000 <b>`, body: 'ü\n\t\u2028'.repeat(100) };
    await app.inject({ method: 'POST', url: '/api/notes', headers: idp.bearer(), payload });
    const { notes } = (await app.inject({ url: '/api/notes', headers: idp.bearer() })).json();
    expect(notes).toEqual([expect.objectContaining(payload)]);
  });

  it('come newest first in pages, each once, also if some are deleted in between', async () => {
    let now = Date.now();
    const app = await startApi(idp.issuer, { clock: () => now });
    const headers = idp.bearer({ exp: Math.floor(Date.now() / 1000) + 3600 });
    for (let i = 0; i < 7; i += 1) {
      now += 10 * (i % 4 === 0 ? 1 : 0); // four of the same time
      await app.inject({ method: 'POST', url: '/api/notes', headers, payload: { title: `n${i}`, body: '' } });
    }
    const page = async (after?: string) =>
      (
        await app.inject({ url: '/api/notes', query: { limit: '3', ...(after && { after }) }, headers })
      ).json();
    const first = await page();
    const last = first.notes.at(-1);
    await app.inject({ method: 'DELETE', url: `/api/notes/${last.id}`, headers });
    const second = await page(first.next);
    const third = await page(second.next);
    expect(third.next).toBeNull();
    const all = [...first.notes, ...second.notes, ...third.notes];
    expect(new Set(all.map((note) => note.title)).size).toBe(7);
    const times = all.map((note) => note.createdAt);
    expect(times).toEqual(times.toSorted().reverse());
  });

  it('survive a restart', async () => {
    const file = path.join(temporaryDirectory(), 'api', 'notes.db');
    const first = await startApi(idp.issuer, { file });
    const payload = { title: 'stays', body: '' };
    await first.inject({ method: 'POST', url: '/api/notes', headers: idp.bearer(), payload });
    await first.close();
    const second = await startApi(idp.issuer, { file });
    const { notes } = (await second.inject({ url: '/api/notes', headers: idp.bearer() })).json();
    expect(notes).toEqual([expect.objectContaining(payload)]);
  });
});

describe('BFF-RS-09: notes belong to issuer and subject', () => {
  it('another subject, and the same subject of another issuer, see nothing and change nothing', async () => {
    const file = path.join(temporaryDirectory(), 'notes.db');
    const second = await startAuthorizationServer();
    const app = await startApi(idp.issuer, { file });
    const other = await startApi(second.issuer, { file });
    const payload = { title: 'private', body: 'canary' };
    const created = await app.inject({ method: 'POST', url: '/api/notes', headers: idp.bearer(), payload });
    const url = `/api/notes/${created.json().id}`;

    for (const [api, headers] of [
      [app, { ...idp.bearer({ sub: 'bob' }), 'x-user': 'alice' }],
      [app, idp.bearer({ sub: 'admin', roles: ['admin'], scope: 'admin notes:read notes:write' })],
      [app, idp.bearer({ sub: 'ALICE' })],
      [other, second.bearer()],
    ] as const) {
      expect((await api.inject({ url: '/api/notes', headers })).json()).toEqual({ notes: [], next: null });
      const change = await api.inject({ method: 'PATCH', url, headers, payload: { title: 'mine' } });
      const removal = await api.inject({ method: 'DELETE', url, headers });
      const unknown = await api.inject({ method: 'DELETE', url: '/api/notes/no-such-id', headers });
      expect([change.statusCode, removal.statusCode]).toEqual([404, 404]);
      expect(change.json()).toMatchObject({ code: 'not_found' });
      expect(removal.json()).toEqual(unknown.json());
    }
    const { notes } = (await app.inject({ url: '/api/notes', headers: idp.bearer() })).json();
    expect(notes).toEqual([created.json()]);
    await second.close();
  });
});

describe('DELETE /api/notes (BFF-ADV-09)', () => {
  const remove = async (claims: Record<string, unknown>) => {
    const app = await startApi(idp.issuer);
    const note = { method: 'POST', url: '/api/notes', payload: { title: 't', body: 'b' } } as const;
    for (const sub of ['alice', 'alice', 'bob']) await app.inject({ ...note, headers: idp.bearer({ sub }) });
    const headers = idp.bearer(claims);
    const response = await app.inject({ method: 'DELETE', url: '/api/notes', headers });
    const left = async (sub: string): Promise<number> =>
      (await app.inject({ url: '/api/notes', headers: idp.bearer({ sub }) })).json().notes.length;
    return { response, left: [await left('alice'), await left('bob')] };
  };
  const ago = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

  it("right after the sign-in it deletes all of the caller's notes and nobody else's", async () => {
    const { response, left } = await remove({ auth_time: ago(5) });
    expect([response.statusCode, response.json(), left]).toEqual([200, { deleted: 2 }, [0, 1]]);
  });

  it.each([
    ['10 minutes ago', { auth_time: ago(600) }],
    ['nobody knows when', {}],
  ])('signed in %s: 401 that asks for a sign-in, and nothing is deleted', async (_, claims) => {
    const { response, left } = await remove(claims);
    expect([response.statusCode, left]).toEqual([401, [2, 1]]);
    expect(response.json()).toMatchObject({ code: 'insufficient_user_authentication' });
    expect(response.headers['www-authenticate']).toContain(
      'Bearer realm="api", error="insufficient_user_authentication", max_age="60"',
    );
  });

  it('without the scope notes:write: 403', async () => {
    const { response, left } = await remove({ auth_time: ago(5), scope: 'notes:read' });
    expect([response.statusCode, left]).toEqual([403, [2, 1]]);
  });
});

describe('scopes', () => {
  it.each([
    ['GET', '/api/notes', 'notes:write', 403],
    ['GET', '/api/notes', 'notes:read', 200],
    ['POST', '/api/notes', 'notes:read', 403],
    ['PATCH', '/api/notes/x', 'notes:read', 403],
    ['PATCH', '/api/notes/x', 'notes:write', 404],
    ['DELETE', '/api/notes/x', 'notes:read', 403],
    ['DELETE', '/api/notes/x', 'notes:write', 404],
  ] as const)('%s %s with %s: %i', async (method, url, scope, status) => {
    const app = await startApi(idp.issuer);
    const payload = method === 'POST' || method === 'PATCH' ? { payload: { title: 'x', body: '' } } : {};
    const response = await app.inject({ method, url, headers: idp.bearer({ scope }), ...payload });
    expect(response.statusCode).toBe(status);
    if (status === 403) expect(response.headers['www-authenticate']).toContain('error="insufficient_scope"');
    expect((await app.inject({ method, url })).statusCode).toBe(401);
  });
});

describe('bad input', () => {
  const good = { title: 't', body: 'b' };
  it.each<[string, unknown, string[]]>([
    ['no title', { body: 'b' }, ['title']],
    ['no members', {}, ['title', 'body']],
    ['an empty title', { ...good, title: '' }, ['title']],
    ['a long title', { ...good, title: 'x'.repeat(201) }, ['title']],
    ['a long body', { ...good, body: 'x'.repeat(20_001) }, ['body']],
    ['a number', { ...good, title: 7 }, ['title']],
    ['null', { ...good, body: null }, ['body']],
    ['an unknown member', { ...good, owner: 'bob' }, ['owner']],
    ['two mistakes', { title: '', body: 7 }, ['title', 'body']],
    ['a list', [good], ['']],
    ['text', 'note', ['']],
  ])('%s: 400 with the names of the fields', async (_, payload, fields) => {
    const app = await startApi(idp.issuer);
    const response = await app.inject({
      method: 'POST',
      url: '/api/notes',
      headers: { ...idp.bearer(), 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ code: 'invalid_input', status: 400 });
    expect(new Set(response.json().errors.map((error: { field: string }) => error.field))).toEqual(
      new Set(fields),
    );
  });

  it('the longest title and body are taken, in any script', async () => {
    const app = await startApi(idp.issuer);
    const payload = { title: '😀'.repeat(200), body: '😀'.repeat(20_000) };
    const response = await app.inject({ method: 'POST', url: '/api/notes', headers: idp.bearer(), payload });
    expect(response.statusCode).toBe(201);
    expect(response.json()).toMatchObject(payload);
  });

  it.each<[string, string, string, number, string]>([
    ['half an object', '{"title":', 'application/json', 400, 'malformed_request'],
    ['nothing', '', 'application/json', 400, 'malformed_request'],
    ['a prototype', '{"title":"a","body":"b","__proto__":{}}', 'application/json', 400, 'malformed_request'],
    ['text', 'title=a', 'text/plain', 415, 'unsupported_media_type'],
    ['a form', 'title=a&body=b', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
    ['a type with a tab', '{}', 'application/json\ta', 415, 'unsupported_media_type'],
    ['200 KB', `{"title":"${'x'.repeat(200_000)}"}`, 'application/json', 413, 'payload_too_large'],
  ])('a body that is %s', async (_, payload, type, status, code) => {
    const app = await startApi(idp.issuer);
    const headers = { ...idp.bearer(), 'content-type': type };
    const response = await app.inject({ method: 'POST', url: '/api/notes', headers, payload });
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ code, status });
    expect((await app.inject({ url: '/api/notes', headers: idp.bearer() })).json().notes).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'after=x', 'after=1.%27%20OR%201=1'])(
    'query %s: 400',
    async (query) => {
      const app = await startApi(idp.issuer);
      const response = await app.inject({ url: `/api/notes?${query}`, headers: idp.bearer() });
      expect(response.statusCode).toBe(400);
      expect(response.json().errors[0].field).toBe(query.split('=')[0]);
    },
  );

  it('an empty change: 400', async () => {
    const app = await startApi(idp.issuer);
    const response = await app.inject({
      method: 'PATCH',
      url: '/api/notes/x',
      headers: idp.bearer(),
      payload: {},
    });
    expect(response.json()).toMatchObject({ code: 'invalid_input' });
  });
});
