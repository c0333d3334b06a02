import type { Page } from '@playwright/test';
import { call } from '../fixtures/calls.ts';
import { refreshesIn } from '../fixtures/credentials.ts';
import { alice, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

function causes(page: Page) {
  return page.getByRole('region', { name: 'Make something happen' });
}

test('BFF-REF-03, BFF-REF-14: the access token is expired, 20 calls at once cause a single refresh, and all succeed', async ({
  page,
  stage,
}) => {
  await signIn(page, alice, '/learn/flow');
  const expire = causes(page).getByRole('button', { name: 'Expire the access token' });
  await expect(causes(page)).toContainText('You can have it expire in');
  await expect(expire).toBeDisabled();
  await expect(expire).toBeEnabled({ timeout: 45_000 });
  const refreshes = refreshesIn(stage.provider.exchanges).length;
  await expire.click();
  await expect(causes(page).getByRole('status')).toContainText('The API takes this access token no more');

  const answers: number[] = [];
  page.on('response', (answer) => {
    if (answer.url().endsWith('/api/me')) answers.push(answer.status());
  });
  await causes(page).getByRole('button', { name: 'Call it 20 times at once' }).click();
  await expect.poll(() => answers.length, { timeout: 20_000 }).toBe(20);
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(refreshesIn(stage.provider.exchanges).length - refreshes).toBe(1);

  await expect(page.getByRole('button', { name: /The API refuses the token/ }).first()).toBeVisible();
  await expect(
    page.getByRole('region', { name: 'Refresh' }).getByRole('button', { name: /New tokens for the old/ }),
  ).toHaveCount(1);
  await expect(causes(page)).not.toContainText('The API takes this access token no more');
});

test('BFF-LOGOUT-06: the provider signs somebody out by the back channel, and a second tab learns of it too', async ({
  page,
}) => {
  await signIn(page, alice, '/learn/flow');
  const second = page.waitForEvent('popup');
  await causes(page).getByRole('link', { name: 'Open a second tab' }).click();
  const tab = await second;
  await causes(tab).getByRole('button', { name: 'Call the API' }).click();
  await expect(
    page.getByRole('region', { name: 'Call' }).getByText('The API answers').first(),
    'seen in both',
  ).toBeVisible();

  const opened = page.waitForEvent('popup');
  await causes(page).getByRole('link', { name: 'Sign out at the provider' }).click();
  await (await opened).getByRole('button', { name: 'Sign out', exact: true }).click();
  for (const here of [page, tab]) {
    await expect(
      here.getByText('You signed out at the provider, so you are signed out here too'),
    ).toBeVisible();
  }
  expect((await call(page, '/api/me')).problem).toBe('session_required');
});
