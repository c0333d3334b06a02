import { expect, test, vi } from 'vitest';
import { automaticLogins, createSessionClient, type Session } from '../src/index.ts';
import {
  createFakeBrowser,
  createFakeServer,
  json,
  later,
  problem,
  signedIn,
  signedOut,
} from './fake-page.ts';

async function signIn(options: { onSignedOut?: () => void } = {}) {
  const browser = createFakeBrowser();
  const tab = browser.openTab('/notes?open=1#last');
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send, ...options });
  server.answerWith(() => json(signedIn()));
  await client.load();
  const states: Session['status'][] = [];
  client.subscribe(() => states.push(client.getState().status));
  return { browser, tab, server, client, states };
}

const logoutAnswer = (redirectTo: unknown) => (request: Request) =>
  request.method === 'POST' ? json({ redirectTo }) : json(signedOut('signed-out'));

test('signing in returns to the page with its query and fragment', async () => {
  const { client, tab } = await signIn();
  client.login({ provider: 'home', prompt: 'login', maxAge: 60, onError: 'return' });
  const url = new URL(tab.visits[0] ?? '', 'http://localhost:3000');
  expect(url.pathname).toBe('/bff/login');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    return_to: '/notes?open=1#last',
    provider: 'home',
    prompt: 'login',
    max_age: '60',
    on_error: 'return',
  });
});

test.each([
  ['/notes?login_error=access_denied&open=1', '/notes?open=1'],
  ['//evil.example/x', '/evil.example/x'],
  ['/\\evil.example', '/evil.example'],
  [`/notes#${'x'.repeat(1_100)}`, '/notes'],
  [`/notes?q=${'x'.repeat(1_100)}#y`, '/notes'],
  [`/${'x'.repeat(1_100)}`, '/'],
  ['/a%2Fb?x=%20+y#%C3%A4', '/a%2Fb?x=%20+y#%C3%A4'],
])('%s is returned to as %s', async (here, returnTo) => {
  const { client, tab } = await signIn();
  tab.set({ here });
  const url = new URL(client.loginUrl(), 'http://localhost:3000');
  expect(url.searchParams.get('return_to')).toBe(returnTo);
});

test('signing out leaves for the provider while the state still says signing-out', async () => {
  const onSignedOut = vi.fn();
  const { client, server, states, tab } = await signIn({ onSignedOut });
  server.answerWith(logoutAnswer('http://127.0.0.1:9400/session/end?state=1'));
  const atDeparture = vi.spyOn(tab.page, 'go').mockImplementation(() => {
    expect(client.getState()).toEqual({ status: 'signing-out' });
    expect(onSignedOut).toHaveBeenCalledOnce();
  });
  expect(await client.logout()).toEqual({ status: 'signing-out' });
  expect(atDeparture).toHaveBeenCalledWith('http://127.0.0.1:9400/session/end?state=1');
  expect(states).toEqual(['signing-out']);
  const request = server.requests.at(-1);
  expect(request?.method).toBe('POST');
  expect(request?.headers.get('content-type')).toBe('application/json');
  expect(await request?.json()).toEqual({});
});

test('nothing that is asked meanwhile brings the session back', async () => {
  const { client, server, states, tab } = await signIn();
  const read = later();
  let reads = 0;
  server.answerWith((request) => {
    if (request.method === 'POST') return json({ redirectTo: null });
    reads += 1;
    return reads === 1 ? read.answer() : json(signedOut('none'));
  });
  const early = client.refetch();
  const done = client.logout({ local: true });
  tab.pass(10_000);
  tab.fire('focus');
  void client.refetch();
  await client.logout();
  await done;
  read.give(json(signedIn()));
  await early;
  expect(client.getState()).toEqual({ status: 'signed-out', reason: 'signed-out' });
  expect(states).toEqual(['signing-out', 'signed-out']);
  expect(await server.requests.find((request) => request.method === 'POST')?.json()).toEqual({ local: true });
});

test.each([['javascript:alert(1)'], ['data:text/html,x'], [42]])(
  '%s is no place to go to',
  async (redirectTo) => {
    const { client, server, tab } = await signIn();
    server.answerWith(logoutAnswer(redirectTo));
    expect(await client.logout()).toEqual({ status: 'signed-out', reason: 'signed-out' });
    expect(tab.visits).toEqual([]);
  },
);

test('a sign-out can end all sessions and say where to come back to', async () => {
  const { client, server } = await signIn();
  server.answerWith(logoutAnswer(null));
  await client.logout({ everywhere: true, returnTo: '/bye?x=1' });
  expect(await server.requests.at(-1)?.json()).toEqual({ everywhere: true, return_to: '/bye?x=1' });
});

test('a sign-out that did not reach the server leaves the person signed in and says so', async () => {
  const onSignedOut = vi.fn();
  const { client, server } = await signIn({ onSignedOut });
  server.answerWith(() => Promise.reject(new TypeError('fetch failed')));
  expect(await client.logout()).toMatchObject({
    status: 'signed-in',
    stale: true,
    error: { code: 'network_error' },
  });
  expect(onSignedOut).not.toHaveBeenCalled();
});

test('signing out of a session that is already over is done', async () => {
  const { client, server } = await signIn();
  server.answerWith(() => problem('session_required', 401));
  expect(await client.logout()).toEqual({ status: 'signed-out', reason: 'signed-out' });
});

test('BFF-SDK-03: signing out in one tab signs all of them out, and each asks the server', async () => {
  const { browser, client, server } = await signIn();
  const onSignedOut = vi.fn();
  const otherTab = browser.openTab('/profile');
  const other = createSessionClient({ page: otherTab.page, fetch: server.send, onSignedOut });
  await other.load();
  server.answerWith(logoutAnswer('http://127.0.0.1:9400/end'));
  await client.logout();
  await vi.waitFor(() => expect(other.getState()).toEqual({ status: 'signed-out', reason: 'signed-out' }));
  expect(onSignedOut).toHaveBeenCalledOnce();
  expect(otherTab.visits).toEqual([]);
});

test('BFF-SDK-03: signing in in one tab reaches the others, once', async () => {
  const browser = createFakeBrowser();
  const server = createFakeServer();
  const waiting = createSessionClient({ page: browser.openTab('/').page, fetch: server.send });
  await waiting.load();
  const fresh = signedIn({
    createdAt: '2020-01-01T00:00:00.000Z',
    expiresAt: '2020-01-01T12:00:00.000Z',
    expiresIn: 43_199,
  });
  server.answerWith(() => json(fresh));
  const arrived = createSessionClient({ page: browser.openTab('/notes').page, fetch: server.send });
  await arrived.load();
  await vi.waitFor(() => expect(waiting.getState().status).toBe('signed-in'));
  expect(server.reads()).toBe(3);
});

test('BFF-SDK-03: what is said on the channel is only a hint, and anything else on it is ignored', async () => {
  const { browser, client, server } = await signIn();
  for (const message of ['changed', null, { type: 'sign-in' }, { authenticated: false }, [1]]) {
    browser.post('coatcheck:/bff', message);
  }
  expect(server.reads()).toBe(1);
  browser.post('coatcheck:/bff', { type: 'signed-out' });
  await vi.waitFor(() => expect(server.reads()).toBe(2));
  expect(client.getState().status).toBe('signed-in');
});

test('BFF-SDK-03: a tab that comes too late to be told the reason by the server says the likely one', async () => {
  const { browser, client, server } = await signIn();
  server.answerWith(() => json(signedOut('none')));
  browser.post('coatcheck:/bff', { type: 'signed-out' });
  await vi.waitFor(() => expect(client.getState()).toEqual({ status: 'signed-out', reason: 'signed-out' }));
});

test('crossTab: false opens no channel', () => {
  const browser = createFakeBrowser();
  createSessionClient({ page: browser.openTab().page, fetch: createFakeServer().send, crossTab: false });
  expect(browser.channels()).toEqual([]);
});

test('BFF-SDK-02: a guard signs in once; a session that is never accepted ends in an error, not in a loop', async () => {
  const tab = createFakeBrowser().openTab('/');
  const server = createFakeServer();
  const first = createSessionClient({ page: tab.page, fetch: server.send });
  await first.load();
  expect(automaticLogins(first)({ returnTo: '/notes?a=1#b' })).toEqual({
    kind: 'redirect',
    url: '/bff/login?return_to=%2Fnotes%3Fa%3D1%23b',
  });

  tab.set({ here: '/notes?a=1#b' }); // the provider signed the person in and sent the browser back
  const second = createSessionClient({ page: tab.page, fetch: server.send });
  await second.load();
  const again = automaticLogins(second);
  const { error } = { error: undefined, ...again({ returnTo: '/notes?a=1#b' }) };
  expect(error).toMatchObject({ code: 'sign_in_not_accepted' });
  expect(tab.notes.size).toBe(0);
  // Asked for by the person, it may start again.
  expect(again({ returnTo: '/notes?a=1#b' }).kind).toBe('redirect');
});

test('a sign-in that worked, or was left for another page, leaves no note behind', async () => {
  const tab = createFakeBrowser().openTab('/');
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send });
  const automaticLogin = automaticLogins(client);
  automaticLogin({ returnTo: '/notes' });
  expect(tab.notes.size).toBe(1);
  await client.load();
  expect(tab.notes.size).toBe(0);

  automaticLogin({ returnTo: '/notes' });
  tab.set({ here: '/notes' });
  server.answerWith(() => json(signedIn()));
  await client.refetch();
  expect(tab.notes.size).toBe(0);
});
