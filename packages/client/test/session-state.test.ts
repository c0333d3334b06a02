import { expect, test, vi } from 'vitest';
import { createSessionClient, extendSession } from '../src/index.ts';
import {
  createFakeBrowser,
  createFakeServer,
  json,
  later,
  origin,
  problem,
  signedIn,
  signedOut,
} from './fake-page.ts';

function setUp(options: { onSignedOut?: () => void; refetchOnFocus?: boolean } = {}) {
  const tab = createFakeBrowser().openTab('/notes?open=1#last');
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send, ...options });
  return { tab, server, client };
}

test('starts as loading and asks nothing before it is told to', () => {
  const { client, server, tab } = setUp();
  tab.fire('focus');
  tab.fire('restored');
  expect(client.getState()).toEqual({ status: 'loading' });
  expect(server.requests).toHaveLength(0);
});

test('BFF-SDK-02: callers at the same time share one call, and a loaded session costs none', async () => {
  const { client, server } = setUp();
  const answers = await Promise.all([client.load(), client.load(), client.refetch()]);
  expect(server.reads()).toBe(1);
  expect(new Set(answers).size).toBe(1);
  await client.load();
  expect(server.reads()).toBe(1);
});

test('times come from the seconds left, not from the server’s or this device’s date', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => json(signedIn()));
  const session = await client.load();
  const now = tab.page.now();
  expect(session).toMatchObject({
    status: 'signed-in',
    user: { sub: 'alice' },
    provider: 'home',
    stale: false,
    createdAt: new Date(now - 3_600_000),
    expiresAt: new Date(now + 39_600_000),
    idleAt: new Date(now + 1_800_000),
    accessTokenExpiresAt: new Date(now + 300_000),
  });
});

test('parts that did not change keep their identity, so that views need not render again', async () => {
  const { client, server } = setUp();
  server.answerWith(() => json(signedIn()));
  const before = await client.load();
  const after = await client.refetch();
  if (before.status !== 'signed-in' || after.status !== 'signed-in') throw new Error('not signed in');
  expect(after.user).toBe(before.user);
  expect(after.scopes).toBe(before.scopes);
});

test('a server that never answered makes the session unavailable, and coming online asks again', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => Promise.reject(new TypeError('fetch failed')));
  expect(await client.load()).toMatchObject({
    status: 'unavailable',
    error: { code: 'network_error', status: 0 },
  });
  expect(await client.load()).toMatchObject({ status: 'unavailable' });
  expect(server.reads()).toBe(2);
  server.answerWith(() => json(signedIn()));
  tab.fire('online');
  await vi.waitFor(() => expect(client.getState().status).toBe('signed-in'));
});

test.each([
  ['a lost connection', () => Promise.reject(new TypeError('fetch failed')), 'network_error'],
  ['a store that is down', () => problem('store_unavailable', 503), 'store_unavailable'],
  ['another server’s page', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), 'unexpected_answer'],
  ['the shell of the app', () => new Response('<!doctype html>', { status: 200 }), 'unexpected_answer'],
  ['a body without the members', () => json({ authenticated: true, user: {} }), 'unexpected_answer'],
])('%s does not sign anybody out', async (_, answer, code) => {
  const { client, server } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  server.answerWith(answer);
  expect(await client.refetch()).toMatchObject({
    status: 'signed-in',
    stale: true,
    user: { sub: 'alice' },
    error: { code },
  });
  server.answerWith(() => json(signedIn()));
  const session = await client.refetch();
  expect(session).toMatchObject({ status: 'signed-in', stale: false });
  expect(session).not.toHaveProperty('error');
});

test('BFF-SDK-03: the end of the idle time shows without a reload', async () => {
  const onSignedOut = vi.fn();
  const { client, server, tab } = setUp({ onSignedOut });
  server.answerWith(() => json(signedIn()));
  await client.load();
  await vi.dynamicImportSettled();
  server.answerWith(() => json(signedIn({ idleExpiresIn: 58 })));
  tab.pass(1_742_000); // it asks before it warns
  await client.refetch();
  server.answerWith(() => json(signedOut('idle')));
  const reads = server.reads();
  tab.pass(58_000);
  expect(server.reads()).toBe(reads);
  tab.pass(1_000);
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'idle' }));
  expect(server.reads()).toBe(reads + 1);
  expect(onSignedOut).toHaveBeenCalledOnce();
});

test('BFF-SDK-03: past the absolute end nobody is signed in, even if the server cannot be asked', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  await vi.dynamicImportSettled();
  server.answerWith(() => Promise.reject(new TypeError('fetch failed')));
  tab.pass(1_801_000);
  await vi.waitFor(() => expect(client.getState()).toMatchObject({ status: 'signed-in', stale: true }));
  tab.pass(39_600_000);
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'expired' }));
});

test('the reason stays once it was told, though the server tells it only once', async () => {
  const { client, server } = setUp();
  server.answerWith(() => json(signedOut('revoked')));
  const first = await client.load();
  server.answerWith(() => json(signedOut('none')));
  expect(await client.refetch()).toBe(first);
});

test('where another tab used up the reason, the end that was due is told', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  await vi.dynamicImportSettled();
  server.answerWith(() => json(signedOut('none')));
  tab.pass(1_801_000);
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'idle' }));
});

test('coming back to the page asks again, at most every five seconds and never offline', async () => {
  const { client, server, tab } = setUp();
  await client.load();
  tab.pass(4_999);
  tab.fire('focus');
  expect(server.reads()).toBe(1);
  tab.pass(1);
  tab.set({ online: false });
  tab.fire('focus');
  expect(server.reads()).toBe(1);
  tab.set({ online: true });
  tab.fire('focus');
  tab.fire('focus');
  await client.refetch();
  expect(server.reads()).toBe(2);
});

test('refetchOnFocus: false leaves the server alone', async () => {
  const { client, server, tab } = setUp({ refetchOnFocus: false });
  await client.load();
  tab.pass(60_000);
  tab.fire('focus');
  expect(server.reads()).toBe(1);
});

test('a page from the back/forward cache hides everything until the server answered', async () => {
  const onSignedOut = vi.fn();
  const { client, server, tab } = setUp({ onSignedOut });
  server.answerWith(() => json(signedIn()));
  await client.load();
  const fromBefore = later();
  server.answerWith(fromBefore.answer);
  void client.refetch();
  const answer = later();
  server.answerWith(answer.answer);

  tab.fire('restored');
  expect(client.getState()).toEqual({ status: 'loading' });
  fromBefore.give(json(signedIn()));
  await vi.waitFor(() => expect(server.reads()).toBe(3));
  expect(client.getState()).toEqual({ status: 'loading' });
  expect(onSignedOut).not.toHaveBeenCalled();

  answer.give(json(signedOut('signed-out')));
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'signed-out' }));
  expect(onSignedOut).toHaveBeenCalledOnce();
});

test('a reason that came with an answer too late to be shown is not lost', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  const answer = later();
  server.answerWith(answer.answer);
  void client.refetch();
  tab.fire('restored');
  server.answerWith(() => json(signedOut('none')));
  answer.give(json(signedOut('revoked')));
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'revoked' }));
});

test('another person in the same browser makes the page drop what it loaded for the first', async () => {
  const onSignedOut = vi.fn();
  const { client, server } = setUp({ onSignedOut });
  server.answerWith(() => json(signedIn()));
  await client.load();
  server.answerWith(() => json(signedIn({ user: { sub: 'bob' } })));
  expect(await client.refetch()).toMatchObject({ status: 'signed-in', user: { sub: 'bob' } });
  expect(onSignedOut).toHaveBeenCalledOnce();
});

test('a session given at creation is there at once, and its end is awaited all the same', async () => {
  const tab = createFakeBrowser().openTab();
  const server = createFakeServer();
  const initialSession = signedIn();
  const client = createSessionClient({ page: tab.page, fetch: server.send, initialSession });
  expect(client.getState().status).toBe('signed-in');
  expect(client.getInitialState()).toBe(client.getState());
  expect((await client.load()).status).toBe('signed-in');
  expect(server.requests).toHaveLength(0);
  await vi.dynamicImportSettled();
  server.answerWith(() => json(signedOut('idle')));
  tab.pass(1_801_000);
  await vi.waitFor(() => expect(client.getState().status).toBe('signed-out'));
});

test('“stay signed in” slides the idle time and shows the new one', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => json(signedIn({ idleExpiresIn: 60 })));
  await client.load();
  server.answerWith(() => json(signedIn()));
  const session = await extendSession(client);
  expect(session).toMatchObject({ status: 'signed-in', idleAt: new Date(tab.page.now() + 1_800_000) });
  expect(server.requests[1]).toMatchObject({ method: 'POST', url: `${origin}/bff/session/extend` });
  expect(server.requests).toHaveLength(2);
});

test('“stay signed in” that did not reach the server says so', async () => {
  const { client, server } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  server.answerWith(() => new Response('<!doctype html>'));
  expect(await extendSession(client)).toMatchObject({ stale: true, error: { code: 'unexpected_answer' } });
});

test('“stay signed in” after the end tells that the session is over', async () => {
  const { client, server } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  server.answerWith((request) =>
    request.method === 'POST' ? problem('session_required', 401) : json(signedOut('expired')),
  );
  expect(await extendSession(client)).toEqual({ status: 'signed-out', reason: 'expired' });
});

test('after close() nothing is heard and nothing runs', async () => {
  const { client, server, tab } = setUp();
  server.answerWith(() => json(signedIn()));
  await client.load();
  client.close();
  tab.pass(100_000_000);
  tab.fire('focus');
  tab.fire('restored');
  expect(server.reads()).toBe(1);
});
