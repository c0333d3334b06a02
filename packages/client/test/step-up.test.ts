import { expect, test } from 'vitest';
import { CoatcheckError, connections, createSessionClient, stepUp, stepUpOf } from '../src/index.ts';
import { createFakeBrowser, createFakeServer, json, signedIn } from './fake-page.ts';

async function signIn() {
  const tab = createFakeBrowser().openTab('/notes?open=1#last');
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send });
  server.answerWith(() => json(signedIn()));
  await client.load();
  return { tab, server, client };
}

function refusal(status: number, code: string, members: object): Response {
  return new Response(JSON.stringify({ code, status, detail: 'No.', ...members }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', 'Coatcheck-Problem': code },
  });
}

async function failed(call: Promise<unknown>): Promise<CoatcheckError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CoatcheckError) return error;
  throw new Error('it did not fail as expected');
}

test('BFF-ADV-09: a call that needs a stronger sign-in says which, and leads there and back', async () => {
  const { client, server, tab } = await signIn();
  server.answerWith(() =>
    refusal(401, 'step_up_required', { provider: 'home', acr_values: 'urn:mfa', max_age: 60 }),
  );
  const step = stepUpOf(await failed(client.fetch('/api/notes')));
  expect(step).toEqual({ kind: 'sign-in', provider: 'home', acrValues: 'urn:mfa', maxAge: 60 });
  expect(client.getState().status).toBe('signed-in');
  if (step) await stepUp(client, step);
  const url = new URL(tab.visits[0] ?? '', 'http://localhost:3000');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    return_to: '/notes?open=1#last',
    provider: 'home',
    acr_values: 'urn:mfa',
    max_age: '60',
    on_error: 'return',
  });
});

test('missing scopes lead to the consent that has them, if one has', async () => {
  const { client, server, tab } = await signIn();
  server.answerWith(() => refusal(403, 'insufficient_scope', { scope: 'notes:write', consent: 'writing' }));
  const step = stepUpOf(await failed(client.fetch('/api/notes')));
  expect(step).toMatchObject({ kind: 'consent', consent: 'writing', scopes: ['notes:write'] });
  if (step) await stepUp(client, step, '/elsewhere');
  expect(tab.visits[0]).toContain('consent=writing');
  expect(tab.visits[0]).toContain('return_to=%2Felsewhere');
  server.answerWith(() => refusal(403, 'insufficient_scope', { scope: 'admin' }));
  expect(stepUpOf(await failed(client.fetch('/api/notes')))).toBeUndefined();
});

test('a missing account is connected by a post, whose answer leads to the provider', async () => {
  const { client, server, tab } = await signIn();
  server.answerWith(() => refusal(403, 'connection_required', { provider: 'other' }));
  const step = stepUpOf(await failed(client.fetch('/api/notes')));
  expect(step).toEqual({ kind: 'connection', provider: 'other' });
  server.answerWith(() => json({ redirectTo: 'http://127.0.0.1:9400/auth?state=1' }));
  if (step) await stepUp(client, step);
  const sent = server.requests.at(-1);
  expect(`${sent?.method} ${new URL(sent?.url ?? '').pathname}`).toBe('POST /bff/connections/other');
  expect(tab.visits).toEqual(['http://127.0.0.1:9400/auth?state=1']);
});

test('a place to go that is no web address is no answer', async () => {
  const { client, server, tab } = await signIn();
  server.answerWith(() => json({ redirectTo: 'javascript:alert(1)' }));
  expect((await failed(connections(client).connect('other'))).code).toBe('unexpected_answer');
  expect(tab.visits).toEqual([]);
});

test('after an account is taken out the session is asked for again', async () => {
  const { client, server } = await signIn();
  server.answerWith((request) =>
    request.method === 'DELETE' ? new Response(null, { status: 204 }) : json(signedIn()),
  );
  await connections(client).disconnect('other');
  const paths = server.requests.slice(-2).map(({ method, url }) => `${method} ${new URL(url).pathname}`);
  expect(paths).toEqual(['DELETE /bff/connections/other', 'GET /bff/session']);
});

test('the list of providers is read, and nothing else', async () => {
  const { client, server } = await signIn();
  server.answerWith(() =>
    json([{ id: 'home', label: 'Home', default: true, loginUrl: '/bff/login?provider=home' }, 7]),
  );
  expect(await connections(client).providers()).toEqual([
    { id: 'home', label: 'Home', default: true, loginUrl: '/bff/login?provider=home' },
  ]);
  server.answerWith(() => json({}));
  expect((await failed(connections(client).providers())).code).toBe('unexpected_answer');
});
