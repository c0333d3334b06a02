import { expect, test, vi } from 'vitest';
import * as exports from '../src/index.ts';
import { CoatcheckError, createSessionClient } from '../src/index.ts';
import {
  createFakeBrowser,
  createFakeServer,
  json,
  origin,
  problem,
  signedIn,
  signedOut,
} from './fake-page.ts';

async function signIn() {
  const tab = createFakeBrowser().openTab('/notes');
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send });
  server.answerWith(() => json(signedIn()));
  await client.load();
  return { tab, server, client };
}

test.each([
  ['a path', '/api/notes'],
  ['a relative path', 'api/notes'],
  ['an address', `${origin}/api/notes`],
  ['a URL', new URL('/api/notes', origin)],
  ['a Request', new Request(`${origin}/api/notes`, { headers: { accept: 'text/plain' } })],
])('BFF-SDK-01: %s on this origin gets the header', async (_, input) => {
  const { client, server } = await signIn();
  await client.fetch(input, { headers: { 'x-own': '1' } });
  const sent = server.requests.at(-1)?.headers;
  expect(sent?.get('x-requested-with')).toBe('coatcheck');
  expect(sent?.get('x-own')).toBe('1');
  expect(sent?.has('coatcheck-background')).toBe(false);
});

test.each([
  ['another host', 'https://api.example/notes'],
  ['another port', 'http://localhost:9300/notes'],
  ['another scheme', 'https://localhost:3000/notes'],
  ['a host without a scheme', '//localhost.evil.example/notes'],
  ['a Request', new Request('https://api.example/notes')],
])('BFF-SDK-01: %s gets no header and no credentials', async (_, input) => {
  const { client, server } = await signIn();
  await client.fetch(input, { background: true });
  const sent = server.requests.at(-1);
  expect(sent?.headers.has('x-requested-with')).toBe(false);
  expect(sent?.headers.has('coatcheck-background')).toBe(false);
  expect(sent?.credentials).toBe('same-origin');
});

test('BFF-SDK-01: there is no token to ask for', async () => {
  const { client } = await signIn();
  const names = [...Object.keys(exports), ...Object.keys(client), ...Object.keys(client.getState())];
  expect(names.filter((name) => /token|jwt|bearer/i.test(name))).toEqual(['accessTokenExpiresAt']);
  expect(JSON.stringify(client.getState())).not.toMatch(/eyJ/);
});

test('a call that nobody asked for says so', async () => {
  const { client, server } = await signIn();
  await client.fetch('/api/notes', { background: true });
  expect(server.requests.at(-1)?.headers.get('coatcheck-background')).toBe('1');
});

test('a refusal by the BFF is thrown with all it says', async () => {
  const { client, server } = await signIn();
  server.answerWith(() => problem('refresh_unavailable', 503, { headers: { 'retry-after': '7' } }));
  const error = await client.fetch('/api/notes').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(CoatcheckError);
  expect(error).toMatchObject({
    code: 'refresh_unavailable',
    status: 503,
    detail: 'About refresh_unavailable.',
    retryAfter: 7,
  });
  expect(client.getState()).toMatchObject({ status: 'signed-in', stale: false });
});

test('a Retry-After that is no number of seconds is none', async () => {
  const { client, server } = await signIn();
  server.answerWith(() => problem('store_unavailable', 503, { headers: { 'retry-after': 'soon' } }));
  await expect(client.fetch('/api/notes')).rejects.toMatchObject({ retryAfter: undefined });
});

test('a code from a newer server, and a body that is no problem, are still an error of the BFF', async () => {
  const { client, server } = await signIn();
  server.answerWith(
    () => new Response('oops', { status: 418, headers: { 'coatcheck-problem': 'from_the_future' } }),
  );
  await expect(client.fetch('/api/notes')).rejects.toMatchObject({ code: 'from_the_future', status: 418 });
});

test('an API’s own 401 is an ordinary answer and says nothing about the session', async () => {
  const { client, server } = await signIn();
  server.answerWith(() => json({ code: 'session_required' }, { status: 401 }));
  const response = await client.fetch('/api/notes');
  expect(response.status).toBe(401);
  expect(client.getState()).toMatchObject({ status: 'signed-in', stale: false });
  expect(server.reads()).toBe(1);
});

test('another origin cannot speak about the session', async () => {
  const { client, server } = await signIn();
  server.answerWith(() => problem('session_required', 401));
  expect((await client.fetch('https://api.example/notes')).status).toBe(401);

  const redirected = problem('session_required', 401);
  Object.defineProperty(redirected, 'url', { value: 'https://api.example/notes' });
  server.answerWith(() => redirected);
  expect((await client.fetch('/api/notes')).status).toBe(401);
  expect(server.reads()).toBe(1);
});

test('BFF-SDK-02: session_required asks for the session, goes nowhere, and does not loop', async () => {
  const { client, server, tab } = await signIn();
  server.answerWith((request) =>
    request.url.endsWith('/bff/session')
      ? json(signedOut('none')) // the refusal took the cookie, and with it the reason
      : problem('session_required', 401, { body: { reason: 'refused' } }),
  );
  const calls = await Promise.allSettled(Array.from({ length: 20 }, () => client.fetch('/api/notes')));
  expect(calls.every((call) => call.status === 'rejected')).toBe(true);
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'refused' }));
  expect(server.reads()).toBeLessThanOrEqual(3);
  const before = server.reads();
  await expect(client.fetch('/api/notes')).rejects.toMatchObject({ reason: 'refused' });
  expect(server.reads()).toBe(before);
  expect(tab.visits).toEqual([]);
});

test('BFF-SDK-02: a server that refuses to say how the session stands is not asked on and on', async () => {
  const { client, server } = await signIn();
  server.answerWith(() => problem('session_required', 401));
  const before = server.reads();
  await expect(client.fetch('/api/notes')).rejects.toMatchObject({ code: 'session_required' });
  await vi.waitFor(() => expect(client.getState()).toMatchObject({ status: 'signed-in', stale: true }));
  await client.refetch();
  expect(server.reads() - before).toBe(2);
});

test('what fetch itself throws stays what it is', async () => {
  const { client, server } = await signIn();
  const failure = new TypeError('fetch failed');
  server.answerWith(() => Promise.reject(failure));
  await expect(client.fetch('/api/notes')).rejects.toBe(failure);
  expect(client.getState().status).toBe('signed-in');
});
