// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoatcheckError, SessionProvider, StepUpPrompt } from '../src/index.ts';
import { alice, createTestClient } from './fake-server.ts';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(cleanup);

const refusal = (code: string, members: Record<string, unknown> = {}) =>
  new CoatcheckError({ code, status: 401, detail: 'No.', members });

function show(error: unknown) {
  const { client, answerWith } = createTestClient(alice);
  const login = vi.fn();
  render(
    <SessionProvider client={{ ...client, login }}>
      <StepUpPrompt error={error} />
    </SessionProvider>,
  );
  return { login, answerWith };
}

test('BFF-ADV-09: a stronger sign-in is asked for, and starts when the person says so', async () => {
  const { login } = show(refusal('step_up_required', { provider: 'home', acr_values: 'urn:mfa' }));
  expect(login).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Confirm' }));
  await vi.waitFor(() =>
    expect(login).toHaveBeenCalledWith(expect.objectContaining({ provider: 'home', acrValues: 'urn:mfa' })),
  );
});

test('nothing is shown for what no sign-in mends', () => {
  show(refusal('upstream_timeout'));
  show(new Error('broken'));
  expect(screen.queryByRole('button')).toBeNull();
});

test('a step-up that does not start says why', async () => {
  const { login } = show(refusal('connection_required', { provider: 'other' }));
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  expect(await screen.findByText('Unexpected answer from the server.')).toBeDefined();
  expect(login).not.toHaveBeenCalled();
});
