// @vitest-environment happy-dom
import type { SessionView } from '@coatcheck/client';
import { createMemoryRouter, isRouteErrorResponse, type LoaderFunctionArgs } from 'react-router';
import { beforeEach, expect, test, vi } from 'vitest';
import { requireRole, requireSession, sessionContext, sessionMiddleware } from '../src/router.ts';
import { alice, createTestClient, nobody } from './fake-server.ts';

/** Routes as an app has them; what leaves the app is recorded. */
function createApp(answer: SessionView | 'down', start = '/') {
  const server = createTestClient(answer);
  const loads: string[] = [];
  const saves: string[] = [];
  const load = (guard: (args: LoaderFunctionArgs) => unknown) => (args: LoaderFunctionArgs) => {
    guard(args);
    loads.push(new URL(args.request.url).pathname);
    return null;
  };
  const router = createMemoryRouter(
    [
      {
        id: 'root',
        path: '/',
        middleware: [sessionMiddleware(server.client)],
        children: [
          { id: 'home', index: true, loader: ({ context }) => context.get(sessionContext).status },
          { id: 'notes', path: 'notes', loader: load((args) => requireSession(args, { onError: 'return' })) },
          { id: 'admin', path: 'admin', loader: load((args) => requireRole(args, 'admin')) },
          {
            id: 'save',
            path: 'save',
            action: async (args) => {
              const { user } = requireSession(args);
              saves.push(`${user.sub}: ${(await args.request.formData()).get('title')}`);
              return null;
            },
          },
        ],
      },
    ],
    { initialEntries: [start] },
  );
  return { ...server, router, loads, saves };
}

function refusalOf(router: ReturnType<typeof createApp>['router']) {
  const [error] = Object.values(router.state.errors ?? {});
  return isRouteErrorResponse(error) ? { status: error.status, ...error.data } : error;
}

const assign = vi.fn();
beforeEach(() => {
  assign.mockReset();
  sessionStorage.clear();
  window.history.replaceState(null, '', '/');
  vi.spyOn(window.location, 'assign').mockImplementation(assign);
});

test('the session is loaded once, before any loader runs', async () => {
  const { router, calls } = createApp(alice);
  router.initialize();
  await vi.waitFor(() => expect(router.state.loaderData.home).toBe('signed-in'));
  await router.navigate('/notes');
  await router.navigate('/');
  expect(calls).toEqual(['GET /bff/session']);
});

test('a guarded route leaves to sign in and keeps path, query and fragment', async () => {
  const { router, loads } = createApp(nobody);
  router.initialize();
  await router.navigate('/notes?q=a%20b+c&q=2#note-7');
  await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
  const url = new URL(String(assign.mock.calls[0]?.[0]), 'http://app.test');
  expect(url.pathname).toBe('/bff/login');
  expect(url.searchParams.get('return_to')).toBe('/notes?q=a%20b+c&q=2#note-7');
  expect(url.searchParams.get('on_error')).toBe('return');
  expect(loads).toEqual([]);
});

test('BFF-SDK-02: coming back without a session is an error, not another sign-in', async () => {
  const before = createApp(nobody);
  before.router.initialize();
  await before.router.navigate('/notes#x');
  await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());

  window.history.replaceState(null, '', '/notes#x'); // the provider sent the browser back
  const after = createApp(nobody, '/notes#x');
  after.router.initialize();
  await vi.waitFor(() =>
    expect(refusalOf(after.router)).toMatchObject({ status: 401, code: 'sign_in_not_accepted' }),
  );
  expect(assign).toHaveBeenCalledOnce();
});

test('a failed sign-in is shown and not repeated', async () => {
  const { router } = createApp(nobody, '/notes?login_error=access_denied');
  router.initialize();
  await vi.waitFor(() => expect(refusalOf(router)).toEqual({ status: 401, code: 'access_denied' }));
  expect(assign).not.toHaveBeenCalled();
});

test('a server that cannot be asked is no reason to sign in', async () => {
  const { router } = createApp('down', '/notes');
  router.initialize();
  await vi.waitFor(() => expect(refusalOf(router)).toMatchObject({ status: 503, code: 'network_error' }));
  expect(assign).not.toHaveBeenCalled();
});

test('a missing role is a 403 of the route', async () => {
  const { router, loads } = createApp(alice, '/admin');
  router.initialize();
  await vi.waitFor(() =>
    expect(refusalOf(router)).toEqual({ status: 403, code: 'role_required', role: 'admin' }),
  );
  expect(loads).toEqual([]);
});

test('the role opens the route', async () => {
  const { router, loads } = createApp({ ...alice, roles: ['user', 'admin'] }, '/admin');
  router.initialize();
  await vi.waitFor(() => expect(loads).toEqual(['/admin']));
});

test('while signing out no guard starts a sign-in', async () => {
  const { router, client, holdLogout, loads } = createApp(alice);
  router.initialize();
  await client.load();
  const letGo = holdLogout();
  const leaving = client.logout();
  void router.navigate('/notes');
  await vi.waitFor(() => expect(router.state.navigation.state).toBe('loading'));
  await client.load();
  expect(assign).not.toHaveBeenCalled();
  expect(router.state.location.pathname).toBe('/');

  letGo();
  await leaving;
  await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce()); // the person did ask for the notes
  expect(loads).toEqual([]);
});

const form = () => {
  const formData = new FormData();
  formData.set('title', 'Half a thought');
  return { formMethod: 'post', formData } as const;
};

test('a guarded action runs for somebody who is signed in', async () => {
  const { router, saves } = createApp(alice);
  router.initialize();
  await router.navigate('/save', form());
  expect(saves).toEqual(['alice: Half a thought']);
  expect(assign).not.toHaveBeenCalled();
});

test('a guarded action does nothing for nobody: it leaves to sign in, and comes back to its page', async () => {
  const { router, saves } = createApp(nobody);
  router.initialize();
  await router.navigate('/save?draft=1', form());
  await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
  const url = new URL(String(assign.mock.calls[0]?.[0]), 'http://app.test');
  expect(url.searchParams.get('return_to')).toBe('/save?draft=1');
  expect(saves).toEqual([]);
});

test('an action sees a session that ended since the page was entered', async () => {
  const { router, saves, client, answerWith } = createApp(alice);
  router.initialize();
  await client.load();
  answerWith({ authenticated: false, reason: 'revoked' });
  await client.refetch();
  await router.navigate('/save', form());
  await vi.waitFor(() => expect(assign).toHaveBeenCalledOnce());
  expect(saves).toEqual([]);
});

test('without the middleware the error says what to add', async () => {
  const router = createMemoryRouter([
    {
      path: '/',
      loader: (args) => {
        requireSession(args);
        return null;
      },
    },
  ]);
  router.initialize();
  await vi.waitFor(() =>
    expect(String(refusalOf(router))).toMatch(/middleware: \[sessionMiddleware\(client\)\]/),
  );
});
