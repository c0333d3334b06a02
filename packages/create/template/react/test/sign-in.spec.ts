import { authorizationCodeFlow, readSecrets, watchForTokens } from '@coatcheck/testing/playwright';
import { expect, test } from '@playwright/test';

const tokensFile = 'test-results/tokens.jsonl';

test('a person signs in and uses the API, and no token is in the browser', async ({ context, baseURL }) => {
  const watch = await watchForTokens(context, { secrets: () => readSecrets(tokensFile) });
  const page = await watch.newPage();

  await page.goto('/');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Alice Example' }).click();
  await expect(page.getByRole('banner')).toContainText('Alice Example');

  await page.getByLabel('New note').fill('Buy milk');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('list', { name: 'Notes' })).toContainText('Buy milk');

  await watch.expectNoTokens({
    allow: authorizationCodeFlow(
      'http://127.0.0.1:9410',
      `${baseURL}/bff/login`,
      `${baseURL}/bff/callback/dev`,
    ),
  });
});
