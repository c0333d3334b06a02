import { expect, test } from 'vitest';
import { labWith } from './support.ts';

test('the weak app is served with its banner, and its files only', async () => {
  const lab = await labWith({});
  expect((await lab.weak('GET', '/?attack=single')).body).toContain('Weak on purpose.');
  expect((await lab.weak('GET', '/attack.js')).status).toBe(200);
  expect((await lab.weak('GET', '/../package.json')).status).toBe(404);
  expect((await lab.weak('POST', '/')).status).toBe(404);
});

test('a page of another site whose name points to this machine gets nothing', async () => {
  const lab = await labWith({});
  expect((await lab.weak('GET', '/', '', 'evil.example')).status).toBe(421);
});

test('its reverse proxy passes on what the app calls, and a forged form without a token', async () => {
  const seen: unknown[] = [];
  const lab = await labWith({
    api({ method, url, headers }) {
      seen.push([method, url, headers.authorization]);
      return { status: 401, body: '{}' };
    },
  });
  expect(
    (await lab.weak('POST', '/api/notes', '{"title":"Written by another site","body":"="}')).status,
  ).toBe(401);
  expect((await lab.weak('DELETE', '/api/notes')).status).toBe(404);
  expect(seen).toEqual([['POST', '/api/notes', undefined]]);
});
