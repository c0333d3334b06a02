// @vitest-environment happy-dom
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { StrictMode, useState } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SessionProvider, useSessions } from '../src/index.ts';
import { alice, createTestClient, deviceView, nobody } from './fake-server.ts';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(cleanup);

const here = deviceView('here', 'Chrome on Linux');
const phone = deviceView('phone', 'Safari on iOS');

function Devices() {
  const list = useSessions();
  const [outcome, setOutcome] = useState('');
  const say = (work: Promise<unknown>) => void work.then(String, String).then(setOutcome);
  return (
    <>
      <p>
        {list.status} {list.status !== 'loading' && list.error?.code} {outcome}
      </p>
      {list.status === 'loaded' &&
        list.sessions.map(({ id, device, current }) => (
          <button key={id} type="button" disabled={current} onClick={() => say(list.end(id))}>
            {device}
          </button>
        ))}
      <button type="button" onClick={() => say(list.endOthers())}>
        all others
      </button>
    </>
  );
}

function renderDevices() {
  const server = createTestClient(alice);
  server.listDevices([here, phone]);
  render(
    <StrictMode>
      <SessionProvider client={server.client}>
        <Devices />
      </SessionProvider>
    </StrictMode>,
  );
  return server;
}

test('the list is asked for once somebody is signed in, also in Strict Mode, and says which one is here', async () => {
  const { calls } = renderDevices();
  expect(screen.getByText('loading')).toBeDefined();
  expect(await screen.findByRole('button', { name: 'Chrome on Linux' })).toHaveProperty('disabled', true);
  expect(screen.getByRole('button', { name: 'Safari on iOS' })).toHaveProperty('disabled', false);
  expect(calls).toEqual(['GET /bff/session', 'GET /bff/sessions']);
});

test('what is ended leaves the list', async () => {
  const { listDevices } = renderDevices();
  const button = await screen.findByRole('button', { name: 'Safari on iOS' });
  listDevices([here]);
  fireEvent.click(button);
  await waitFor(() => expect(screen.queryByRole('button', { name: 'Safari on iOS' })).toBeNull());
  listDevices([here, phone]);
  fireEvent.click(screen.getByRole('button', { name: 'all others' }));
  expect(await screen.findByText('loaded 2')).toBeDefined();
});

test('an ending that failed is told to whoever asked for it, and the list stays', async () => {
  const { listDevices } = renderDevices();
  const button = await screen.findByRole('button', { name: 'Safari on iOS' });
  listDevices('down');
  fireEvent.click(button);
  expect(await screen.findByText(/loaded .*CoatcheckError: No answer from the server/)).toBeDefined();
  expect(screen.getByRole('button', { name: 'Safari on iOS' })).toBeDefined();
});

test('a list that cannot be had says why, and keeps what was known', async () => {
  const server = createTestClient(alice);
  server.listDevices('down');
  let refetch = async () => {};
  function Probe() {
    const list = useSessions();
    refetch = list.refetch;
    return <p>{`${list.status} ${list.status === 'loading' ? '' : list.error?.code}`}</p>;
  }
  render(<SessionProvider client={server.client}>{<Probe />}</SessionProvider>);
  expect(await screen.findByText('failed network_error')).toBeDefined();
  server.listDevices([here]);
  await act(refetch);
  expect(screen.getByText('loaded undefined')).toBeDefined();
  server.listDevices('down');
  await act(refetch);
  expect(screen.getByText('loaded network_error')).toBeDefined();
});

test('the list goes with the person', async () => {
  const { client, answerWith, calls } = renderDevices();
  await screen.findByRole('button', { name: 'Safari on iOS' });
  answerWith(nobody);
  await act(() => client.refetch());
  expect(screen.getByText('loading')).toBeDefined();
  answerWith({ ...alice, user: { sub: 'bob' } });
  await act(() => client.refetch());
  expect(await screen.findByRole('button', { name: 'Safari on iOS' })).toBeDefined();
  expect(calls.filter((call) => call.endsWith('/sessions'))).toHaveLength(2);
});
