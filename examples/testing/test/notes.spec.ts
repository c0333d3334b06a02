import { coatcheckTest } from '@coatcheck/testing/playwright';
import { expect, type Page } from '@playwright/test';
import { startApp } from './start-app.ts';

const test = coatcheckTest({ provider: 'main', app: (as) => startApp(as) });

async function add(page: Page, text: string): Promise<void> {
  await page.getByLabel('New note').fill(text);
  await page.getByRole('button', { name: 'Add' }).click();
}

test('a person signs in and writes a note, and no token is in the browser', async ({
  signedIn,
  expectNoTokens,
}) => {
  const page = await signedIn({ sub: 'alice', name: 'Alice' });
  await expect(page.getByRole('banner')).toContainText('Alice');
  await add(page, 'Buy milk');
  await expect(page.getByRole('list', { name: 'Notes' })).toHaveText('Buy milk');
  await expectNoTokens();
});

test('an expired access token is renewed, and nobody notices', async ({
  signedIn,
  expireAccessToken,
  idp,
  expectNoTokens,
}) => {
  const page = await signedIn({ sub: 'bob', name: 'Bob' }, { accessTokenLifetime: 2 });
  await expireAccessToken();
  const before = idp.server.hits('token');
  await add(page, 'Still here');
  await expect(page.getByRole('list', { name: 'Notes' })).toHaveText('Still here');
  expect(idp.server.hits('token')).toBe(before + 1);
  await expectNoTokens();
});

test('when the grant was revoked, the app offers to sign in again', async ({
  signedIn,
  expireAccessToken,
  revoke,
}) => {
  const page = await signedIn({ sub: 'carol', name: 'Carol' }, { accessTokenLifetime: 2 });
  await expireAccessToken();
  revoke('carol');
  await add(page, 'Too late');
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('while the provider is down people are told to wait, and stay signed in', async ({
  signedIn,
  expireAccessToken,
  idpDown,
  idpUp,
}) => {
  const page = await signedIn({ sub: 'dave', name: 'Dave' }, { accessTokenLifetime: 2 });
  await expireAccessToken();
  await idpDown();
  await add(page, 'Patience');
  await expect(page.getByRole('status')).toHaveText('Not saved: try again in a moment.');
  await idpUp();
  await expect(async () => {
    await add(page, 'Patience');
    await expect(page.getByRole('list', { name: 'Notes' })).toHaveText('Patience', { timeout: 500 });
  }).toPass();
});
