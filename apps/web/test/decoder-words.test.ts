import { expect, test } from 'vitest';
import { exampleNames } from '../src/learn/tokens/example-names.ts';
import { makeExample } from '../src/learn/tokens/examples.ts';
import { inspect } from '../src/learn/tokens/verify.ts';
import { checks as english } from '../src/learn/tokens/words/english-checks.ts';
import { checks as german } from '../src/learn/tokens/words/german-checks.ts';

const now = Date.UTC(2026, 0, 1);

test.for(exampleNames)('the checks of the example %s come out alike in both languages', async (name) => {
  const { token, expected } = await makeExample(name, now);
  const inEnglish = await inspect(token, expected, now, english);
  const inGerman = await inspect(token, expected, now, german);
  if (inEnglish.kind !== 'jwt' || inGerman.kind !== 'jwt') throw new Error('the example is no JWT');
  expect(inGerman.checks.map(({ outcome }) => outcome)).toEqual(
    inEnglish.checks.map(({ outcome }) => outcome),
  );
  const saidInEnglish = new Set(inEnglish.checks.map(({ text }) => text));
  expect(inGerman.checks.filter(({ text }) => saidInEnglish.has(text))).toEqual([]);
});

test('a claim that is missing is told as missing', async () => {
  const { token, expected } = await makeExample('hs256', now);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { aud: _, ...rest } = JSON.parse(atob(payload));
  const without = `${header}.${btoa(JSON.stringify(rest))}.${signature}`;
  const said = async (words: typeof english) => JSON.stringify(await inspect(without, expected, now, words));
  expect(await said(english)).toContain('Audience (aud) is missing, not https://api.example.');
  expect(await said(german)).toContain('Empfänger (aud) fehlt; erwartet ist https://api.example.');
});

test('what is no JWT is refused in the language that is on', async () => {
  const { expected } = await makeExample('hs256', now);
  expect(await inspect('hello', expected, now, english)).toMatchObject({
    kind: 'not-a-jwt',
    reason: expect.stringMatching(/^A JWT is three parts between two dots, and this has 1\. /),
  });
  expect(await inspect('a.b.c.d.e', expected, now, german)).toMatchObject({
    kind: 'not-a-jwt',
    reason: german.encrypted,
  });
});
