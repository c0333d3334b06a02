// @vitest-environment happy-dom
import { CoatcheckError, createSignInAgain, retryOf, type SessionView } from '@coatcheck/client';
import { QueryClient, QueryClientProvider, useMutation, useQuery } from '@tanstack/react-query';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, expectTypeOf, test, vi } from 'vitest';
import { SessionProvider } from '../src/index.ts';
import { alice, createTestClient } from './fake-server.ts';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(cleanup);

const ended: SessionView = { authenticated: false, reason: 'idle' };

/** As docs and `retryOf` say it. */
const queries = () =>
  new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < 3 && retryOf(error) !== undefined,
        retryDelay: (failures, error) => (retryOf(error)?.after ?? 2 ** failures) * 10,
      },
    },
  });

/** An app whose one query calls the API by the given fetch. */
function show(server: ReturnType<typeof createTestClient>, send: typeof server.client.fetch) {
  function Who() {
    const { data, error } = useQuery<string, CoatcheckError>({
      queryKey: ['who'],
      queryFn: async () => {
        const { by }: { by: string } = await (await send('/api/me')).json();
        return by;
      },
    });
    const save = useMutation({ mutationFn: () => send('/api/notes', { method: 'POST' }) });
    if (error) expectTypeOf(error.retryAfter).toEqualTypeOf<number | undefined>();
    return (
      <>
        <p>{error ? `failed: ${error.code}` : (data ?? 'waiting')}</p>
        <button type="button" onClick={() => save.mutate()} children="Save" />
        {save.error instanceof CoatcheckError && <p>{`not saved: ${save.error.code}`}</p>}
      </>
    );
  }
  return render(
    <SessionProvider client={server.client}>
      <QueryClientProvider client={queries()}>
        <Who />
      </QueryClientProvider>
    </SessionProvider>,
  );
}

const callsTo = (server: ReturnType<typeof createTestClient>, path: string) =>
  server.calls.filter((call) => call.endsWith(path)).length;

test('a query gets what the API says, and a bad moment is asked for again', async () => {
  const server = createTestClient(alice);
  let failures = 2;
  show(server, async (input, init) => {
    if (failures-- > 0)
      throw new CoatcheckError({ code: 'refresh_unavailable', status: 503, detail: 'Later.' });
    return server.client.fetch(input, init);
  });
  expect(await screen.findByText('alice')).toBeDefined();
});

test('an error is typed, and a refusal is not asked for again', async () => {
  const server = createTestClient(ended);
  await server.client.load();
  show(server, server.client.fetch);
  expect(await screen.findByText('failed: session_required')).toBeDefined();
  expect(callsTo(server, '/api/me')).toBe(1);
});

test('a query and a mutation that met the end of the session wait for the next sign-in, and go on by themselves', async () => {
  const server = createTestClient(alice);
  await server.client.load();
  const again = createSignInAgain(server.client);
  server.answerWith(ended);
  show(server, again.fetch);
  fireEvent.click(screen.getByText('Save'));
  await act(() => vi.waitFor(() => expect(again.getState()).toMatchObject({ status: 'needed', waiting: 2 })));
  expect(screen.getByText('waiting')).toBeDefined();

  server.answerWith(alice);
  await act(() => server.client.refetch());
  expect(await screen.findByText('alice')).toBeDefined();
  await vi.waitFor(() => expect(callsTo(server, '/api/notes')).toBe(2));
  expect(screen.queryByText(/not saved/)).toBeNull();
});

test('what waited for one person fails for the next, with a code', async () => {
  const server = createTestClient(alice);
  await server.client.load();
  const again = createSignInAgain(server.client);
  server.answerWith(ended);
  show(server, again.fetch);
  fireEvent.click(screen.getByText('Save'));
  await act(() => vi.waitFor(() => expect(again.getState().waiting).toBe(2)));
  server.answerWith({ ...alice, user: { sub: 'bob' } });
  await act(() => server.client.refetch());
  expect(await screen.findByText('not saved: user_changed')).toBeDefined();
  expect(callsTo(server, '/api/notes')).toBe(1);
});
