import { expect, test, vi } from 'vitest';
import { createSessionClient, createSignInAgain } from '../src/index.ts';
import {
  createFakeBrowser,
  createFakeServer,
  json,
  later,
  problem,
  signedIn,
  signedOut,
} from './fake-page.ts';

async function setUp(openWindow: (url: string) => boolean = () => true) {
  const browser = createFakeBrowser();
  const tab = browser.openTab('/notes');
  const server = createFakeServer();
  const client = createSessionClient({ page: tab.page, fetch: server.send });
  server.answerWith(() => json(signedIn()));
  await client.load();
  const windows: string[] = [];
  const again = createSignInAgain(client, {
    openWindow(url) {
      windows.push(url);
      return openWindow(url);
    },
  });
  const calls = () => server.requests.filter(({ url }) => url.endsWith('/api/notes'));
  return {
    ...{ browser, tab, server, client, again, windows, calls },
    end() {
      server.answerWith((request) =>
        request.url.endsWith('/bff/session')
          ? json(signedOut('idle'))
          : problem('session_required', 401, { body: { reason: 'idle' } }),
      );
    },
    /** What the page at the end of the popup does. */
    signIn(view: object = signedIn({ createdAt: '2020-01-01T02:00:00.000Z' })) {
      server.answerWith((request) =>
        request.url.endsWith('/bff/session') ? json(view) : json({ saved: true }),
      );
      browser.post('coatcheck:/bff', { type: 'signed-in' });
    },
  };
}

const waiting = async (again: ReturnType<typeof createSignInAgain>, count: number) =>
  vi.waitFor(() => expect(again.getState()).toMatchObject({ waiting: count }));

test('BFF-SDK-02: calls that met the end of the session wait, and are sent again once after the sign-in', async () => {
  const { again, end, signIn, windows, calls, tab } = await setUp();
  end();
  const save = again.fetch('/api/notes', { method: 'POST', body: '{"title":"x"}' });
  const other = again.fetch(new Request('http://localhost:3000/api/notes', { method: 'POST', body: 'two' }));
  await waiting(again, 2);
  expect(again.getState().status).toBe('needed');
  again.open();
  expect(again.getState().status).toBe('open');
  expect(Object.fromEntries(new URL(windows[0] ?? '', 'http://localhost').searchParams)).toEqual({
    return_to: '/bff/callback/done',
    provider: 'home',
    on_error: 'return',
  });
  signIn();
  expect((await save).status).toBe(200);
  expect((await other).status).toBe(200);
  expect(again.getState()).toEqual({ status: 'idle', waiting: 0, failed: null });
  const bodies = await Promise.all(calls().map((request) => request.text()));
  expect(bodies.sort()).toEqual(['two', 'two', '{"title":"x"}', '{"title":"x"}']);
  expect(tab.visits).toEqual([]);
});

test('what waited for one person is never sent for another', async () => {
  const { again, end, signIn, calls } = await setUp();
  end();
  const save = again.fetch('/api/notes', { method: 'POST', body: 'mine' }).catch((error: unknown) => error);
  await waiting(again, 1);
  signIn(signedIn({ user: { sub: 'bob' } }));
  expect(await save).toMatchObject({ code: 'user_changed' });
  expect(calls()).toHaveLength(1);
});

test('the same subject at another provider is another person', async () => {
  const { again, end, signIn, calls } = await setUp();
  end();
  const save = again.fetch('/api/notes', { method: 'POST' }).catch((error: unknown) => error);
  await waiting(again, 1);
  signIn(signedIn({ provider: 'elsewhere' }));
  expect(await save).toMatchObject({ code: 'user_changed' });
  expect(calls()).toHaveLength(1);
});

test('a message on the channel alone sends nothing: the server says who is signed in', async () => {
  const { again, browser, end, server, calls } = await setUp();
  end();
  void again.fetch('/api/notes').catch(() => {});
  await waiting(again, 1);
  const reads = server.reads();
  browser.post('coatcheck:/bff', { type: 'signed-in' });
  await vi.waitFor(() => expect(server.reads()).toBeGreaterThan(reads));
  expect(calls()).toHaveLength(1);
  expect(again.getState().waiting).toBe(1);
});

test('BFF-SDK-02: a session that is still not accepted fails the call, and does not ask again', async () => {
  const { again, end, server, calls, browser } = await setUp();
  end();
  const save = again.fetch('/api/notes').catch((error: unknown) => error);
  await waiting(again, 1);
  server.answerWith((request) =>
    request.url.endsWith('/bff/session')
      ? json(signedIn({ createdAt: '2020-01-01T02:00:00.000Z' }))
      : problem('session_required', 401),
  );
  browser.post('coatcheck:/bff', { type: 'signed-in' });
  expect(await save).toMatchObject({ code: 'session_required' });
  expect(calls()).toHaveLength(2);
});

test('a sign-in that failed in the popup is told, and can be tried again', async () => {
  const { again, end, browser, windows } = await setUp();
  end();
  void again.fetch('/api/notes').catch(() => {});
  await waiting(again, 1);
  again.open();
  browser.post('coatcheck:/bff', { type: 'sign-in-failed', code: 'access_denied' });
  expect(again.getState()).toEqual({ status: 'needed', waiting: 1, failed: 'access_denied' });
  again.open();
  expect(windows).toHaveLength(2);
});

test('where no popup opens, the page is left for the sign-in and comes back', async () => {
  const { again, end, tab } = await setUp(() => false);
  end();
  void again.fetch('/api/notes').catch(() => {});
  await waiting(again, 1);
  again.open();
  expect(tab.visits).toEqual(['/bff/login?return_to=%2Fnotes&provider=home']);
});

test('giving up, and a signal, refuse what waits', async () => {
  const { again, end } = await setUp();
  end();
  const stop = new AbortController();
  const first = again.fetch('/api/notes', { signal: stop.signal }).catch((error: unknown) => error);
  const second = again.fetch('/api/notes').catch((error: unknown) => error);
  await waiting(again, 2);
  stop.abort(new Error('gone'));
  expect(await first).toMatchObject({ message: 'gone' });
  again.cancel();
  expect(await second).toMatchObject({ code: 'sign_in_cancelled' });
  expect(again.getState().status).toBe('idle');
});

test('polling, and calls of somebody who was never signed in, do not wait', async () => {
  const { again, end } = await setUp();
  end();
  await expect(again.fetch('/api/notes', { background: true })).rejects.toMatchObject({
    code: 'session_required',
  });
  expect(again.getState().status).toBe('idle');
});

test('the popup opens also where no call waits, and is done with when somebody signed in', async () => {
  const { again, end, client, signIn, windows, tab } = await setUp();
  end();
  await client.refetch();
  again.open();
  expect(windows).toHaveLength(1);
  expect(again.getState()).toEqual({ status: 'open', waiting: 0, failed: null });
  signIn();
  await vi.waitFor(() => expect(client.getState().status).toBe('signed-in'));
  expect(again.getState().status).toBe('idle');
  expect(tab.visits).toEqual([]);
});

test('a failure of the popup is told where no call waits, until the next try or until given up', async () => {
  const { again, end, client, browser } = await setUp();
  end();
  await client.refetch();
  again.open();
  browser.post('coatcheck:/bff', { type: 'sign-in-failed', code: 'access_denied' });
  expect(again.getState()).toEqual({ status: 'needed', waiting: 0, failed: 'access_denied' });
  again.cancel();
  expect(again.getState().status).toBe('idle');
});

test('what waits is not sent while the server cannot be asked who is there', async () => {
  const { again, end, client, server, calls } = await setUp();
  end();
  void again.fetch('/api/notes').catch(() => {});
  server.answerWith(() => Promise.reject(new TypeError('fetch failed')));
  await vi.waitFor(() => expect(client.getState()).toMatchObject({ status: 'signed-in', stale: true }));
  expect(again.getState()).toMatchObject({ status: 'needed', waiting: 1 });
  expect(calls()).toHaveLength(1);
});

test('who signs out in another tab meanwhile takes back what waits', async () => {
  const { again, server, browser, client, calls } = await setUp();
  // The session is over, and the answer that says so is on its way.
  const reading = later();
  server.answerWith((request) =>
    request.url.endsWith('/bff/session') ? reading.answer() : problem('session_required', 401),
  );
  const save = again.fetch('/api/notes', { method: 'POST' }).catch((error: unknown) => error);
  await waiting(again, 1);
  browser.post('coatcheck:/bff', { type: 'signed-out' });
  server.answerWith(() => json(signedOut('signed-out')));
  reading.give(json(signedOut('signed-out')));
  expect(await save).toMatchObject({ code: 'sign_in_cancelled' });
  expect(client.getState()).toEqual({ status: 'signed-out', reason: 'signed-out' });
  expect(again.getState().status).toBe('idle');
  expect(calls()).toHaveLength(1);
});
