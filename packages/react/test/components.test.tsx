// @vitest-environment happy-dom
import type { SessionUser } from '@coatcheck/client';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LoginLink, LogoutButton, SessionProvider, Show, useSession, useUser } from '../src/index.ts';
import { alice, createTestClient, nobody } from './fake-server.ts';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(cleanup);

test('BFF-SDK-02: Strict Mode mounts twice and asks for the session once', async () => {
  const { client, calls } = createTestClient(alice);
  render(
    <StrictMode>
      <SessionProvider client={client}>
        <Show when="signed-in" fallback="wait">
          inside
        </Show>
      </SessionProvider>
    </StrictMode>,
  );
  expect(screen.getByText('wait')).toBeDefined();
  expect(await screen.findByText('inside')).toBeDefined();
  expect(calls).toEqual(['GET /bff/session']);
});

test('what a server rendered is taken over, even if the session is known by then', async () => {
  const { client } = createTestClient(alice);
  const app = (
    <SessionProvider client={client}>
      <p>
        <Show when="signed-in" fallback="wait">
          inside
        </Show>
      </p>
    </SessionProvider>
  );
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML = renderToString(app);
  expect(container.textContent).toBe('wait');
  await client.load();
  const onRecoverableError = vi.fn();
  render(app, { container, hydrate: true, onRecoverableError });
  expect(await screen.findByText('inside')).toBeDefined();
  expect(onRecoverableError).not.toHaveBeenCalled();
});

test('each state has its own words', async () => {
  const { client, answerWith } = createTestClient('down');
  const states = ['loading', 'unavailable', 'signed-out', 'signed-in'] as const;
  render(
    <SessionProvider client={client}>
      {states.map((state) => (
        <Show key={state} when={state}>
          it is {state}
        </Show>
      ))}
    </SessionProvider>,
  );
  expect(screen.getByText('it is loading')).toBeDefined();
  expect(await screen.findByText('it is unavailable')).toBeDefined();
  answerWith(nobody);
  await act(() => client.refetch());
  expect(screen.getByText('it is signed-out')).toBeDefined();
  answerWith(alice);
  await act(() => client.refetch());
  expect(screen.getByText('it is signed-in')).toBeDefined();
  expect(screen.getAllByText(/it is/)).toHaveLength(1);
});

test('BFF-SDK-01: what the hook gives holds no token', async () => {
  const { client } = createTestClient(alice);
  const seen: object[] = [];
  function Probe() {
    seen.push(useSession());
    return null;
  }
  render(<SessionProvider client={client}>{<Probe />}</SessionProvider>);
  await act(() => client.load());
  const last = seen.at(-1) ?? {};
  expect(last).toMatchObject({ status: 'signed-in', user: { sub: 'alice' } });
  expect(Object.keys(last).filter((name) => /token/i.test(name))).toEqual(['accessTokenExpiresAt']);
});

test('the user is read by the app’s own function and keeps its identity', async () => {
  const { client } = createTestClient(alice);
  const seen: unknown[] = [];
  const read = (user: SessionUser) => ({ id: user.sub, team: String(user.team) });
  function Probe() {
    const member = useUser(read);
    const plain = useUser();
    seen.push(member);
    return <p>{member === null ? 'nobody' : `${member.id} of ${member.team}, ${plain?.name}`}</p>;
  }
  render(<SessionProvider client={client}>{<Probe />}</SessionProvider>);
  expect(screen.getByText('nobody')).toBeDefined();
  expect(await screen.findByText('alice of blue, Alice')).toBeDefined();
  await act(() => client.refetch());
  expect(seen.at(-1)).toBe(seen[1]);
});

test('the sign-in link comes back to where it was followed, not to where it was rendered', async () => {
  const { client } = createTestClient(nobody);
  render(
    <SessionProvider client={client}>
      <LoginLink provider="github" onError="return" className="big" />
      <LoginLink returnTo="/notes#x">To the notes</LoginLink>
    </SessionProvider>,
  );
  await act(() => client.load());
  const link = screen.getByRole('link', { name: 'Sign in' });
  window.history.replaceState(null, '', '/deep?a=1#here');
  fireEvent.pointerDown(link);
  const url = new URL(link.getAttribute('href') ?? '', 'http://app.test');
  expect(url.pathname).toBe('/bff/login');
  expect(Object.fromEntries(url.searchParams)).toEqual({
    return_to: '/deep?a=1#here',
    provider: 'github',
    on_error: 'return',
  });
  expect(link.className).toBe('big');
  const fixed = screen.getByRole('link', { name: 'To the notes' });
  fireEvent.pointerDown(fixed);
  expect(fixed.getAttribute('href')).toBe('/bff/login?return_to=%2Fnotes%23x');
});

test('the sign-out button ends the session, and cannot be pressed twice', async () => {
  const { client, calls } = createTestClient(alice);
  render(
    <SessionProvider client={client}>
      <LogoutButton local />
      <Show when="signed-out">bye</Show>
    </SessionProvider>,
  );
  await act(() => client.load());
  const button = screen.getByRole('button', { name: 'Sign out' });
  fireEvent.click(button);
  expect(button).toHaveProperty('disabled', true);
  fireEvent.click(button);
  expect(await screen.findByText('bye')).toBeDefined();
  expect(calls).toEqual(['GET /bff/session', 'POST /bff/logout']);
});

test('an onClick that prevents the default keeps the session', async () => {
  const { client, calls } = createTestClient(alice);
  render(
    <SessionProvider client={client}>
      <LogoutButton onClick={(event) => event.preventDefault()} />
    </SessionProvider>,
  );
  await act(() => client.load());
  fireEvent.click(screen.getByRole('button'));
  expect(client.getState().status).toBe('signed-in');
  expect(calls).toEqual(['GET /bff/session']);
});

test('without a provider the error says what to do', () => {
  const silence = vi.spyOn(console, 'error').mockImplementation(() => {});
  expect(() => render(<Show when="signed-in" />)).toThrow(/no <SessionProvider> above/);
  silence.mockRestore();
});
