import { coatcheckTest } from '@coatcheck/testing/playwright';
import { expect } from '@playwright/test';
import { startSmallApp } from '../fixtures/small-app.ts';

// What users of @coatcheck/testing write; examples/testing has a whole project.
const test = coatcheckTest({ provider: 'main', app: (as) => startSmallApp(as) });

test('somebody signs in, and the app calls its API', async ({ signedIn, expectNoTokens }) => {
  const page = await signedIn({ sub: 'alice', name: 'Alice' });
  await page.getByRole('button', { name: 'Load' }).click();
  await expect(page.getByRole('status')).toHaveText('200');
  await expectNoTokens();
});

test('an expired access token is renewed, and nobody notices', async ({
  signedIn,
  expireAccessToken,
  expectNoTokens,
  idp,
}) => {
  const page = await signedIn({ sub: 'bob' }, { accessTokenLifetime: 2 });
  await expireAccessToken();
  const before = idp.server.hits('token');
  await page.getByRole('button', { name: 'Load' }).click();
  await expect(page.getByRole('status')).toHaveText('200');
  expect(idp.server.hits('token')).toBe(before + 1);
  await expectNoTokens();
});

test('a grant that was revoked ends the session with the next refresh', async ({
  signedIn,
  expireAccessToken,
  revoke,
}) => {
  const page = await signedIn({ sub: 'carol' }, { accessTokenLifetime: 2 });
  await expireAccessToken();
  revoke('carol');
  await page.getByRole('button', { name: 'Load' }).click();
  await expect(page.getByRole('status')).toHaveText('401');
});

test('while the provider is down people wait, and stay signed in', async ({
  signedIn,
  expireAccessToken,
  idpDown,
  idpUp,
}) => {
  const page = await signedIn({ sub: 'dave' }, { accessTokenLifetime: 2 });
  await expireAccessToken();
  await idpDown();
  await page.getByRole('button', { name: 'Load' }).click();
  await expect(page.getByRole('status')).toHaveText('503');
  await idpUp();
  await expect(async () => {
    await page.getByRole('button', { name: 'Load' }).click();
    await expect(page.getByRole('status')).toHaveText('200', { timeout: 500 });
  }).toPass();
});

test('expireAccessToken says what it needs', async ({ signedIn, expireAccessToken }) => {
  await signedIn();
  await expect(expireAccessToken()).rejects.toThrow('accessTokenLifetime: 2');
});
