// @vitest-environment happy-dom
import { createSignInAgain, type SessionView } from '@coatcheck/client';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { StrictMode, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SessionProvider, ShowKept, useKeptState, useSession, useSignInAgain } from '../src/index.ts';
import { alice, createTestClient } from './fake-server.ts';

const bob: SessionView = { ...alice, user: { sub: 'bob' } };
const ended: SessionView = { authenticated: false, reason: 'idle' };

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  sessionStorage.clear();
});
afterEach(cleanup);

function Note() {
  const session = useSession();
  const [text, setText] = useState('');
  return (
    <label>
      Note of {session.status === 'signed-in' ? session.user.sub : 'nobody'}
      <input value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}

async function showNote() {
  const server = createTestClient(alice);
  render(
    <StrictMode>
      <SessionProvider client={server.client}>
        <ShowKept fallback={<p>Sign in</p>}>
          <Note />
        </ShowKept>
      </SessionProvider>
    </StrictMode>,
  );
  fireEvent.change(await screen.findByLabelText('Note of alice'), { target: { value: 'half a thought' } });
  return {
    ...server,
    field: () => screen.getByRole<HTMLInputElement>('textbox', { hidden: true }),
    become: async (view: SessionView) => {
      server.answerWith(view);
      await act(() => server.client.refetch());
    },
  };
}

test('what a session that ended by itself showed is hidden with what was typed, and shown to the same person again', async () => {
  const { become, field } = await showNote();
  await become(ended);
  expect(screen.getByText('Sign in')).toBeDefined();
  expect(field().closest('[style*="display: none"]')).not.toBeNull();
  expect(field().value).toBe('half a thought');
  expect(screen.getByLabelText('Note of alice')).toBe(field());

  await become(alice);
  expect(screen.queryByText('Sign in')).toBeNull();
  expect(field().closest('[style*="display: none"]')).toBeNull();
  expect(field().value).toBe('half a thought');
});

test('somebody else gets nothing of it', async () => {
  const { become, field } = await showNote();
  await become(ended);
  await become(bob);
  expect(screen.getByLabelText('Note of bob')).toBe(field());
  expect(field().value).toBe('');
});

test.each(['signed-out', 'provider-logout', 'replaced'] as const)(
  '%s: nothing of it is left',
  async (reason) => {
    const { become } = await showNote();
    await become({ authenticated: false, reason });
    expect(screen.queryByRole('textbox', { hidden: true })).toBeNull();
  },
);

test('the hook shows what waits, opens the popup and gives up', async () => {
  const { client, answerWith } = createTestClient(alice);
  await client.load();
  const windows: string[] = [];
  const again = createSignInAgain(client, { openWindow: (url) => windows.push(url) > 0 });
  function Prompt() {
    const { status, waiting, open, cancel } = useSignInAgain(again);
    return (
      <>
        <p>{`${status} ${waiting}`}</p>
        <button type="button" onClick={open} children="open" />
        <button type="button" onClick={cancel} children="cancel" />
      </>
    );
  }
  render(
    <StrictMode>
      <Prompt />
    </StrictMode>,
  );
  expect(screen.getByText('idle 0')).toBeDefined();
  answerWith(ended);
  let outcome: unknown;
  await act(async () => {
    void again.fetch('/api/notes').catch((error: unknown) => {
      outcome = error;
    });
    await vi.waitFor(() => expect(again.getState().waiting).toBe(1));
  });
  expect(screen.getByText('needed 1')).toBeDefined();
  fireEvent.click(screen.getByText('open'));
  expect(screen.getByText('open 1')).toBeDefined();
  expect(windows).toHaveLength(1);
  fireEvent.click(screen.getByText('cancel'));
  expect(screen.getByText('idle 0')).toBeDefined();
  await vi.waitFor(() => expect(outcome).toMatchObject({ code: 'sign_in_cancelled' }));
});

function Title() {
  const [title, setTitle] = useKeptState('title', (kept) => (typeof kept === 'string' ? kept : 'untitled'));
  return <input value={title} onChange={(event) => setTitle(event.target.value)} />;
}

async function showTitle(view: SessionView = alice) {
  const { client } = createTestClient(view);
  const shown = render(
    <StrictMode>
      <SessionProvider client={client}>
        <Title />
      </SessionProvider>
    </StrictMode>,
  );
  await act(() => client.load());
  const field = () => screen.getByRole<HTMLInputElement>('textbox');
  return { ...shown, field, leave: () => window.dispatchEvent(new Event('pagehide')) };
}

test('state outlives the page, for the same person, once', async () => {
  const before = await showTitle();
  expect(before.field().value).toBe('untitled');
  fireEvent.change(before.field(), { target: { value: 'a plan' } });
  before.leave();
  before.unmount();

  const after = await showTitle();
  expect(after.field().value).toBe('a plan');
  after.unmount();
  expect((await showTitle()).field().value, 'and not a second time').toBe('untitled');
});

test('state of hidden children outlives the page too', async () => {
  const server = createTestClient(alice);
  const kept = (
    <ShowKept>
      <Title />
    </ShowKept>
  );
  const before = render(<SessionProvider client={server.client}>{kept}</SessionProvider>);
  fireEvent.change(await screen.findByRole('textbox'), { target: { value: 'a plan' } });
  server.answerWith(ended);
  await act(() => server.client.refetch());
  expect(screen.queryByRole('textbox')).toBeNull();
  window.dispatchEvent(new Event('pagehide'));
  before.unmount();

  expect((await showTitle()).field().value).toBe('a plan');
});

test('somebody else starts with nothing, and what was untouched is not kept', async () => {
  const before = await showTitle();
  before.leave();
  expect(sessionStorage).toHaveLength(0);
  fireEvent.change(before.field(), { target: { value: 'of Alice' } });
  before.leave();
  before.unmount();
  expect((await showTitle(bob)).field().value).toBe('untitled');
  expect(sessionStorage).toHaveLength(0);
});

test('a server renders all of it, and no window opens', () => {
  const { client } = createTestClient(alice);
  const again = createSignInAgain(client);
  function Page() {
    const { status } = useSignInAgain(again);
    return (
      <ShowKept fallback={<Title />}>
        <p>{status}</p>
      </ShowKept>
    );
  }
  const html = renderToString(
    <SessionProvider client={client}>
      <Page />
    </SessionProvider>,
  );
  expect(html).toContain('value="untitled"');
});
