import { createSessionClient } from '@coatcheck/client';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { LoginLink, SessionProvider, Show } from '../src/index.ts';
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
