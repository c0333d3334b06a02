import { expect, test } from 'vitest';
import { createLeakSearch } from '../evidence/leak-search.ts';

const opaque = { kind: 'refresh_token', value: 'canary-refresh_token-Zm9vYmFyYmF6cXV4MTIzNDU2' } as const;
const [header, claims, signature] = [
  '{"alg":"none"}',
  '{"sub":"alice-0001","x":1}',
  'signature of 32 bytes and more!!',
].map((text) => Buffer.from(text).toString('base64url'));
const jwt = { kind: 'id_token', value: `${header}.${claims}.${signature}` } as const;
const find = createLeakSearch([opaque, jwt]);

test('the search for credentials finds them however they are written', () => {
  const { value } = opaque;
  for (const text of [
    `x ${value} y`,
    value.slice(0, 24),
    value.slice(-24),
    `"${Buffer.from(`token=${value}&x`).toString('base64')}"`,
    Buffer.from(`a${value}`).toString('base64url'),
    Buffer.from(`ab${value}`).toString('base64url'),
    Buffer.from(value).toString('hex'),
  ]) {
    expect(
      find(text).map(({ kind }) => kind),
      text,
    ).toContain('refresh_token');
    expect(find(Buffer.from(text)).length, text).toBeGreaterThan(0);
  }
});

test('it finds the parts of a JWT, but its header is no secret', () => {
  expect(find(`claims ${claims}`)[0]).toEqual({ kind: 'id_token', encoding: 'plain', after: 'claims ' });
  expect(find(signature ?? '').length).toBeGreaterThan(0);
  expect(find(header ?? '')).toEqual([]);
});

test('a search for nothing is refused', () => {
  expect(() => createLeakSearch([])).toThrow(RangeError);
});
