import { watchForTokens } from '@coatcheck/testing/playwright';
import type { Page } from '@playwright/test';
import { apiCalls, call, sessionOf } from '../fixtures/calls.ts';
import { writeNote } from '../fixtures/notes.ts';
import { alice, signIn, signOut } from '../fixtures/people.ts';
import { codeFlowOf, expect, test } from '../fixtures/test.ts';

test('BFF-LEAK-01, BFF-LEAK-02, BFF-LEAK-03: one whole journey, errors included, and no credential anywhere', async ({
  page,
  stage,
  watch,
}) => {
  await signIn(page, alice, '/notes?from=proof#top');
  await writeNote(page, 'Nothing to see');
  await page.goto('/profile');
  await page.getByRole('button', { name: 'Stay signed in' }).click();
  for (const path of [
    '/api/me',
    '/api/admin/users',
    '/api/nothing',
    '/api/%2e%2e/x',
    '/bff/nothing',
    '/bff/login',
  ]) {
    await call(page, path);
  }
  await page.goto('/bff/login?return_to=https://elsewhere.test');
  await page.goto('/bff/callback/demo?error=access_denied&state=unknown');
  await page.goto('/');
  expect(await sessionOf(page)).toMatchObject({ authenticated: true });

  const authorization = apiCalls(stage).at(-1)?.requestHeaders.authorization;
  expect(authorization, 'the API does get a token').toMatch(/^Bearer eyJ/);
  const signedIn = await watch.expectNoTokens({ allow: codeFlowOf(stage) });
  await signOut(page);
  const signedOut = await watch.expectNoTokens({ allow: codeFlowOf(stage) });

  const kinds = new Set(stage.secrets().map(({ kind }) => kind));
  for (const kind of [
    'access_token',
    'refresh_token',
    'id_token',
    'code',
    'code_verifier',
    'state',
    'nonce',
  ]) {
    expect(kinds, 'the search knows what to look for').toContain(kind);
  }
  for (const place of [
    'cookie',
    'url',
    'history',
    'dom',
    'heap',
    'response-body',
    'response-header',
  ] as const) {
    expect(signedIn.searched[place], place).toBeGreaterThan(0);
    expect(signedOut.searched[place], place).toBeGreaterThan(0);
  }
});

const plants: Readonly<Record<string, (page: Page, token: string) => Promise<unknown>>> = {
  'session storage': (page, token) => page.evaluate(`sessionStorage.setItem('planted', '${token}')`),
  'a variable of the page': (page, token) =>
    page.evaluate(`globalThis.planted = { half: '${token.slice(0, -9)}' }`),
  'a request': (page, token) => call(page, `/bff/nothing?planted=${token}`),
};

for (const [place, plant] of Object.entries(plants)) {
  test(`control: the proof fails when a real access token is planted in ${place}`, async ({
    browser,
    stage,
  }) => {
    const context = await browser.newContext({ baseURL: stage.demo.url });
    const watch = await watchForTokens(context, { secrets: stage.secrets });
    const page = await context.newPage();
    await signIn(page, alice);
    await watch.expectNoTokens({ allow: codeFlowOf(stage) });
    const token = stage.secrets().findLast(({ kind }) => kind === 'access_token')?.value ?? '';
    await plant(page, token);
    await expect(watch.expectNoTokens({ allow: codeFlowOf(stage) })).rejects.toThrow(/access_token/);
    await context.close();
  });
}
