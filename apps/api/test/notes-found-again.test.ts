import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi } from './support/api.ts';
import { type AuthorizationServer, startAuthorizationServer } from './support/authorization-server.ts';

let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

async function withNotes(notes: { title: string; body: string }[], clock: () => number) {
  const headers = idp.bearer({ exp: Math.floor(clock() / 1000) + 3600 });
  const app = await startApi(idp.issuer, { clock });
  const ids: string[] = [];
  for (const payload of notes) {
    ids.push((await app.inject({ method: 'POST', url: '/api/notes', headers, payload })).json().id);
  }
  const titles = async (query = '') => {
    const answer = await app.inject({ url: `/api/notes${query}`, headers });
    return answer.json().notes.map(({ title }: { title: string }) => title);
  };
  return { app, headers, ids, titles };
}

describe('GET /api/notes?q=', () => {
  it('finds text in title and body, in either case, and takes signs as they are', async () => {
    const { titles } = await withNotes(
      [
        { title: 'Milk', body: '' },
        { title: '100%', body: 'of it' },
        { title: 'List', body: 'buy milk, under_score' },
      ],
      Date.now,
    );
    expect((await titles('?q=MILK')).toSorted()).toEqual(['List', 'Milk']);
    expect(await titles('?q=0%25')).toEqual(['100%']);
    expect(await titles('?q=under_')).toEqual(['List']);
    expect(await titles('?q=%25')).toEqual(['100%']);
    expect(await titles('?q=!')).toEqual([]);
  });
});

describe('POST /api/notes/:id/restore', () => {
  it('brings a deleted note back for ten minutes, to its owner alone', async () => {
    let now = Date.now();
    const { app, headers, ids, titles } = await withNotes([{ title: 'Kept', body: 'x' }], () => now);
    const url = `/api/notes/${ids[0]}`;
    const restore = (as = headers) => app.inject({ method: 'POST', url: `${url}/restore`, headers: as });
    expect((await restore()).statusCode, 'it is not deleted').toBe(404);

    await app.inject({ method: 'DELETE', url, headers });
    expect(await titles()).toEqual([]);
    const change = { method: 'PATCH', url, headers, payload: { title: 'Still there?' } } as const;
    expect((await app.inject(change)).statusCode).toBe(404);
    expect((await restore(idp.bearer({ sub: 'somebody-else' }))).statusCode).toBe(404);
    expect((await restore()).json()).toMatchObject({ id: ids[0], title: 'Kept' });
    expect(await titles()).toEqual(['Kept']);

    await app.inject({ method: 'DELETE', url, headers });
    now += 10 * 60_000;
    expect((await restore()).statusCode).toBe(404);
  });
});
