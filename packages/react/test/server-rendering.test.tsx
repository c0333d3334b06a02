import { createSessionClient } from '@coatcheck/client';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import {
  LoginLink,
  LogoutButton,
  SessionExpiryDialog,
  SessionProvider,
  Show,
  StepUpPrompt,
  useSession,
  useSessions,
  useUser,
} from '../src/index.ts';
import { alice } from './fake-server.ts';

function App() {
  return (
    <Show when="signed-in" fallback={<Show when="loading">wait</Show>}>
      inside
    </Show>
  );
}

test('a server renders loading and asks nobody', () => {
  const client = createSessionClient({ fetch: () => Promise.reject(new Error('a server must not ask')) });
  const html = renderToString(
    <SessionProvider client={client}>
      <App />
      <LoginLink />
    </SessionProvider>,
  );
  expect(html).toContain('wait');
  expect(html).toContain('href="/bff/login?return_to=%2F"');
});

test('a server that knows the session renders it', () => {
  const client = createSessionClient({ initialSession: alice });
  const html = renderToString(
    <SessionProvider client={client}>
      <App />
    </SessionProvider>,
  );
  expect(html).toContain('inside');
});

test('every hook and component renders on a server, and touches no browser', () => {
  const client = createSessionClient({
    initialSession: { ...alice, idleExpiresIn: 10 },
    fetch: () => Promise.reject(new Error('a server must not ask')),
  });
  function All() {
    const session = useSession();
    const { status } = useSessions();
    return (
      <>
        <p>{`${session.status} ${useUser()?.name} ${status}`}</p>
        <LogoutButton />
        <SessionExpiryDialog />
        <StepUpPrompt error={null} />
      </>
    );
  }
  expect(typeof globalThis.window).toBe('undefined');
  const html = renderToString(
    <SessionProvider client={client}>
      <All />
    </SessionProvider>,
  );
  expect(html).toContain('signed-in Alice loading');
  expect(html, 'the clock of a server is another one').not.toContain('alertdialog');
});

test('two requests on one server share nothing', () => {
  const [first, second] = [createSessionClient({ initialSession: alice }), createSessionClient()];
  expect(first.getState().status).toBe('signed-in');
  expect(second.getState().status).toBe('loading');
});
