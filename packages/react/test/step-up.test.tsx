// @vitest-environment happy-dom
import { CoatcheckError, type StepUp } from '@coatcheck/client';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SessionProvider, StepUpPrompt } from '../src/index.ts';
import { alice, createTestClient } from './fake-server.ts';

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(cleanup);

const refusal = (stepUp?: StepUp) =>
  new CoatcheckError({ code: 'step_up_required', status: 401, detail: 'No.', stepUp });
const strong: StepUp = { kind: 'sign-in', provider: 'home', acrValues: 'urn:mfa', maxAge: undefined };

function show(error: unknown, stepUp: (step: StepUp) => Promise<void> = async () => {}) {
  const { client } = createTestClient(alice);
  render(
    <SessionProvider client={{ ...client, stepUp }}>
      <StepUpPrompt error={error} />
    </SessionProvider>,
  );
}

test('BFF-ADV-09: a stronger sign-in is asked for, and starts when the person says so', async () => {
  const stepUp = vi.fn(async () => {});
  show(refusal(strong), stepUp);
  expect(stepUp).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Confirm' }));
  await vi.waitFor(() => expect(stepUp).toHaveBeenCalledWith(strong, undefined));
});

test('nothing is shown for what no sign-in mends', () => {
  show(refusal());
  show(new Error('broken'));
  expect(screen.queryByRole('button')).toBeNull();
});

test('a step-up that does not start says why', async () => {
  const down = new CoatcheckError({ code: 'network_error', status: 0, detail: 'The server is down.' });
  show(refusal({ kind: 'connection', provider: 'other' }), () => Promise.reject(down));
  fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
  expect(await screen.findByText('The server is down.')).toBeDefined();
});
