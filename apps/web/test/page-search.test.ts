import { expect, test } from 'vitest';
import { countTokens, type Places, searchPage } from '../src/home/page-search.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

function storageOf(entries: Record<string, string>): Storage {
  return Object.assign(Object.create({ getItem: (key: string) => entries[key] ?? null }), entries);
}

function pageWith(change: Partial<Places> = {}): Places {
  return {
    cookie: () => '',
    localStorage: () => storageOf({}),
    sessionStorage: () => storageOf({}),
    databases: async () => [],
    elsewhere: () => 'http://localhost:3000/notes',
    ...change,
  };
}

test('a page without anything has nothing to steal', async () => {
  const { findings, tokens } = await searchPage(pageWith());
  expect(tokens).toBe(0);
  expect(findings.map(({ place }) => place)).toEqual([
    'document.cookie',
    'localStorage',
    'sessionStorage',
    'IndexedDB',
  ]);
  expect(findings.every(({ entries, readable }) => readable && entries.length === 0)).toBe(true);
});

test.each<[string, Partial<Places>]>([
  ['a cookie', { cookie: () => `theme=dark; session=${jwt}` }],
  ['localStorage', { localStorage: () => storageOf({ auth: JSON.stringify({ token: jwt }) }) }],
  ['sessionStorage', { sessionStorage: () => storageOf({ 'oidc.user': jwt }) }],
  ['IndexedDB', { databases: async () => [{ name: 'msal', text: `[{"secret":"${jwt}"}]` }] }],
  ['the address', { elsewhere: () => `http://localhost:3000/#id_token=${jwt}` }],
])('a token in %s is found', async (_, change) => {
  expect((await searchPage(pageWith(change))).tokens).toBe(1);
});

test('an opaque token is found by its name', () => {
  expect(countTokens(['{"access_token":"gho_16C7e42F292c6912E7710c838347Ae178B4a"}'])).toBe(1);
  expect(countTokens(['refreshToken=0.AXoA1234567890abcdef'])).toBe(1);
});

test('the same token in two places is one token, and words about tokens are none', () => {
  expect(countTokens([jwt, `again ${jwt}`])).toBe(1);
  expect(countTokens(['access token: the BFF adds it', 'Tokens found', 'accessTokenExpiresAt'])).toBe(0);
});

test('names are shown, values are not', async () => {
  const { findings } = await searchPage(pageWith({ cookie: () => 'theme=dark; lang=en' }));
  expect(findings[0]?.entries).toEqual(['theme', 'lang']);
});

test('a place that the browser closes is not readable, and the others are still searched', async () => {
  const closed = () => {
    throw new DOMException('blocked', 'SecurityError');
  };
  const { findings, tokens } = await searchPage(pageWith({ localStorage: closed, cookie: () => `t=${jwt}` }));
  expect(findings.map(({ readable }) => readable)).toEqual([true, false, true, true]);
  expect(tokens).toBe(1);
});
