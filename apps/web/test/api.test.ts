import { type ApiFetch, CoatcheckError } from '@coatcheck/client';
import { expect, test } from 'vitest';
import { ApiRefusal, createApi } from '../src/api.ts';
import { wordsForRefusal } from '../src/failure/refusal-texts.ts';
import { english } from '../src/language/english.tsx';

function apiThatAnswers(body: unknown, status = 200) {
  const calls: string[] = [];
  const waiting: string[] = [];
  const answer: ApiFetch = async (input, init) => {
    calls.push(`${init?.method ?? 'GET'} ${String(input)}`);
    return status === 204 ? new Response(null, { status }) : Response.json(body, { status });
  };
  const api = createApi(answer, (input, init) => {
    waiting.push(init?.method ?? 'GET');
    return answer(input, init);
  });
  return { api, calls, waiting };
}

const signal = new AbortController().signal;

test('notes come page by page', async () => {
  const note = { id: '1', title: 'A', body: 'B', createdAt: 'x', updatedAt: '2026-11-24T00:00:00Z' };
  const { api, calls } = apiThatAnswers({ notes: [note], next: '17.a b' });
  const page = await api.listNotes(null, '', signal);
  expect(page).toEqual({
    notes: [{ id: '1', title: 'A', body: 'B', updatedAt: '2026-11-24T00:00:00Z' }],
    next: '17.a b',
  });
  await api.listNotes(page.next, '', signal);
  expect(calls).toEqual(['GET /api/notes', 'GET /api/notes?after=17.a+b']);
});

test('an id from the API cannot lead to another path', async () => {
  const { api, calls } = apiThatAnswers(null, 204);
  await api.deleteNote('../admin/users');
  expect(calls).toEqual(['DELETE /api/notes/..%2Fadmin%2Fusers']);
});

test('what the API refuses is said with the fields that it names', async () => {
  const { api } = apiThatAnswers(
    {
      code: 'invalid_input',
      detail: 'Some fields…',
      errors: [{ field: 'title', detail: 'must not be empty' }],
    },
    400,
  );
  const error = await api.createNote({ title: '', body: '' }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiRefusal);
  expect(error).toMatchObject({ status: 400, message: 'title must not be empty.' });
});

test.each<[string, Error, string]>([
  ['a missing permission', new ApiRefusal(403, 'x'), 'The API does not let you do this'],
  ['a note that is gone', new ApiRefusal(404, 'x'), 'That is not there any more'],
  ['a lost connection', new TypeError('fetch failed'), 'There was no answer'],
  [
    'a lost session',
    new CoatcheckError({ code: 'session_required', status: 401, detail: 'x' }),
    'You are not signed in',
  ],
])('%s has its own words', (_, error, title) => {
  expect(wordsForRefusal(error, english).title).toBe(title);
});

test('what somebody changes may wait for a sign-in, what is only shown does not', async () => {
  const { api, waiting } = apiThatAnswers({ notes: [] });
  await api.listNotes(null, '', signal);
  await api.whoAmI();
  expect(waiting).toEqual([]);
  await api.createNote({ title: 'A', body: '' });
  await api.deleteNote('1');
  expect(waiting).toEqual(['POST', 'DELETE']);
});
