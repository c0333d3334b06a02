// @vitest-environment happy-dom
import { createSessionClient, type SessionClient } from '@coatcheck/client';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SessionExpiryDialog, SessionProvider, useSessionExpiry } from '../src/index.ts';
import { alice, createTestClient } from './fake-server.ts';

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

/** What each rendering showed. */
const shown: (number | null)[] = [];

function Warning() {
  const { secondsLeft, kind, extend } = useSessionExpiry();
  shown.push(secondsLeft);
  if (secondsLeft === null) return <p>there is time</p>;
  return (
    <button type="button" onClick={() => void extend()}>
      {secondsLeft} s, {kind}
    </button>
  );
}

const app = (client: SessionClient) => (
  <StrictMode>
    <SessionProvider client={client}>
      <Warning />
    </SessionProvider>
  </StrictMode>
);

async function pass(milliseconds: number) {
  await act(() => vi.advanceTimersByTimeAsync(milliseconds));
}

test('nothing ticks while there is time; near the end it counts down, and stays at zero', async () => {
  const { client, answerWith } = createTestClient(alice);
  render(app(client));
  await pass(0);
  const quiet = shown.length;
  await pass(1_700_000);
  expect(screen.getByText('there is time')).toBeDefined();
  expect(shown).toHaveLength(quiet);

  answerWith({ ...alice, idleExpiresIn: 40 });
  await act(() => client.refetch());
  expect(screen.getByText('40 s, idle')).toBeDefined();
  await pass(25_000);
  expect(screen.getByText('15 s, idle')).toBeDefined();
  answerWith('down');
  await pass(60_000);
  expect(screen.getByText('0 s, idle')).toBeDefined();
});

test('“stay signed in” takes the warning away, and the next one starts where it is', async () => {
  const { client, answerWith, calls } = createTestClient({ ...alice, idleExpiresIn: 1_800 });
  render(app(client));
  await pass(0);
  answerWith({ ...alice, idleExpiresIn: 30 });
  await act(() => client.refetch());
  answerWith({ ...alice, idleExpiresIn: 1_800 });
  fireEvent.click(screen.getByText('30 s, idle'));
  await pass(0);
  expect(calls.at(-1)).toBe('POST /bff/session/extend');
  expect(screen.getByText('there is time')).toBeDefined();
  await pass(600_000);
  answerWith({ ...alice, idleExpiresIn: 50 });
  const before = shown.length;
  await act(() => client.refetch());
  expect(screen.getByText('50 s, idle')).toBeDefined();
  expect(new Set(shown.slice(before)), 'not the number of the last time first').toEqual(new Set([null, 50]));
});

test('an absolute end says that staying signed in does not move it', async () => {
  const { client } = createTestClient({ ...alice, expiresIn: 20 });
  render(app(client));
  await pass(0);
  expect(screen.getByText('20 s, absolute')).toBeDefined();
});

test('what a server rendered of a session that is about to end is taken over', async () => {
  const client = createSessionClient({ initialSession: { ...alice, expiresIn: 20 } });
  const container = document.body.appendChild(document.createElement('div'));
  container.innerHTML = renderToString(app(client));
  expect(container.textContent).toBe('there is time');
  await vi.advanceTimersByTimeAsync(3_000);
  const onRecoverableError = vi.fn();
  render(app(client), { container, hydrate: true, onRecoverableError });
  await pass(0);
  expect(screen.getByText('17 s, absolute')).toBeDefined();
  expect(onRecoverableError).not.toHaveBeenCalled();
});

test('the dialog comes near the end, with “Stay signed in” where that helps, and words of one’s own', async () => {
  const { client, answerWith, calls } = createTestClient(alice);
  render(
    <SessionProvider client={client}>
      <SessionExpiryDialog />
      <SessionExpiryDialog>
        {({ secondsLeft, kind }) => <p>{`${kind}: ${secondsLeft}`}</p>}
      </SessionExpiryDialog>
    </SessionProvider>,
  );
  await pass(0);
  expect(screen.queryByRole('alertdialog')).toBeNull();

  answerWith({ ...alice, idleExpiresIn: 40 });
  await act(() => client.refetch());
  expect(screen.getByRole('alertdialog', { name: 'You are about to be signed out.' })).toBeDefined();
  expect(screen.getByRole('timer').textContent).toBe('40 s');
  expect(screen.getByText('idle: 40')).toBeDefined();

  answerWith(alice);
  fireEvent.click(screen.getByRole('button', { name: 'Stay signed in' }));
  await pass(0);
  expect(screen.queryByRole('alertdialog')).toBeNull();
  expect(calls).toContain('POST /bff/session/extend');

  answerWith({ ...alice, idleExpiresIn: 1_800, expiresIn: 30 });
  await act(() => client.refetch());
  expect(screen.getByText('absolute: 30')).toBeDefined();
  expect(screen.queryByRole('button', { name: 'Stay signed in' }), 'nothing moves that end').toBeNull();
});
