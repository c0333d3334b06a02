import { expect, test } from 'vitest';
import { withReadableLifetime } from '../../src/provider/expires-in.ts';

async function read(text: string, init: ResponseInit = {}): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return (await withReadableLifetime(new Response(text, { headers, ...init }))).text();
}

test.each([
  ['"28800"', 28_800],
  ['-1', 0],
  ['"-1"', 0],
  ['3600', 3_600],
  ['1e400', undefined],
  ['"NaN"', undefined],
  ['""', undefined],
  ['null', undefined],
  ['true', undefined],
  ['{}', undefined],
  ['[60]', undefined],
])('BFF-TOK-03: expires_in %s', async (said, expected) => {
  const members: unknown = JSON.parse(await read(`{"access_token":"a","expires_in":${said},"scope":"x"}`));
  expect(members).toEqual({
    access_token: 'a',
    scope: 'x',
    ...(expected === undefined ? {} : { expires_in: expected }),
  });
});

test('whatever is no token answer stays as it is', async () => {
  for (const text of ['{', '[]', 'null', '{"expires_in":"x"}', '{"access_token":"a"}', '']) {
    expect(await read(text)).toBe(text);
  }
  const odd = '{"access_token":"a","expires_in":"x"}';
  expect(await read(odd, { status: 400 })).toBe(odd);
  expect(await read(odd, { headers: { 'content-type': 'text/html' } })).toBe(odd);
});
