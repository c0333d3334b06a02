import { problemCodes } from '@coatcheck/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoatcheckError, createSessionClient, retryingFetch, retryOf } from '../src/index.ts';
import { createFakeBrowser, createFakeServer, json, problem, signedIn } from './fake-page.ts';

const failure = (code: string, status = 503, retryAfter?: number) =>
  new CoatcheckError({ code, status, detail: 'No.', retryAfter });

test('of all problems these may pass when the call is sent again, and these did nothing the first time', () => {
  const known = problemCodes.map((code) => [code, retryOf(failure(code, 502))] as const);
  const didNothing = known.filter(([, retry]) => retry?.didNothing).map(([code]) => code);
  const unsure = known.filter(([, retry]) => retry?.didNothing === false).map(([code]) => code);
  expect(didNothing).toEqual([
    'provider_unavailable',
    'refresh_unavailable',
    'store_unavailable',
    'retry_with_nonce',
    'too_many_calls',
    'too_many_streams',
    'rate_limited',
    'overloaded',
  ]);
  expect(unsure).toEqual(['upstream_unreachable', 'upstream_timeout', 'request_timeout']);
});

test('no answer at all may have been a call that was done; where no server was there, nothing was', () => {
  expect(retryOf(failure('network_error', 0))).toEqual({ after: undefined, didNothing: false });
  expect(retryOf(new TypeError('fetch failed'))).toEqual({ after: undefined, didNothing: false });
  expect(retryOf(failure('upstream_unreachable', 503, 4))).toEqual({ after: 4, didNothing: true });
});

test('what a person must mend, and what is no failure of a call, is not sent again', () => {
  for (const code of ['session_required', 'step_up_required', 'user_changed', 'sign_in_cancelled'])
    expect(retryOf(failure(code, 401))).toBeUndefined();
  expect(retryOf(new Error('a bug'))).toBeUndefined();
  expect(retryOf(undefined)).toBeUndefined();
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client whose server refuses the first calls. */
async function refusing(refusals: Response[]) {
  const server = createFakeServer();
  const client = createSessionClient({
    page: createFakeBrowser().openTab('/').page,
    fetch: server.send,
  });
  server.answerWith(() => json(signedIn()));
  await client.load();
  server.answerWith(() => refusals.shift() ?? json({ saved: true }));
  const sent = () => server.requests.filter(({ url }) => url.endsWith('/api/notes'));
  return { client, fetch: retryingFetch(client.fetch), sent };
}

test('a call whose proof needed a new nonce is sent again with its body, a second later', async () => {
  const nonce = problem('retry_with_nonce', 503, { headers: { 'retry-after': '1' } });
  const { fetch, sent } = await refusing([nonce]);
  const save = fetch('/api/notes', { method: 'POST', body: 'a large one' });
  await vi.advanceTimersByTimeAsync(999);
  expect(sent()).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect((await save).status).toBe(200);
  expect(await Promise.all(sent().map((request) => request.text()))).toEqual(['a large one', 'a large one']);
});

test('a Request is sent again too', async () => {
  const { fetch, sent } = await refusing([problem('overloaded', 503)]);
  const save = fetch(new Request('http://localhost:3000/api/notes', { method: 'POST', body: 'one' }));
  await vi.advanceTimersByTimeAsync(1_000);
  await save;
  expect(await Promise.all(sent().map((request) => request.text()))).toEqual(['one', 'one']);
});

test.each([
  ['a POST that may have been done', 'POST', () => problem('upstream_timeout', 504), 1],
  ['a PUT, which may happen twice', 'PUT', () => problem('upstream_timeout', 504), 3],
  [
    'a wait that is too long',
    'GET',
    () => problem('rate_limited', 429, { headers: { 'retry-after': '60' } }),
    1,
  ],
  ['a refusal', 'GET', () => problem('not_allowed', 403), 1],
])('%s', async (_, method, refuse, times) => {
  const { fetch, sent } = await refusing([refuse(), refuse(), refuse()]);
  const call = fetch('/api/notes', { method }).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await call).toBeInstanceOf(CoatcheckError);
  expect(sent()).toHaveLength(times);
});

test('who gives up while it waits gets their reason, and nothing is sent', async () => {
  const { fetch, sent } = await refusing([problem('overloaded', 503, { headers: { 'retry-after': '5' } })]);
  const stop = new AbortController();
  const call = fetch('/api/notes', { signal: stop.signal }).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1_000);
  stop.abort(new Error('gone'));
  expect(await call).toMatchObject({ message: 'gone' });
  await vi.runAllTimersAsync();
  expect(sent()).toHaveLength(1);
});
