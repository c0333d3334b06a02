import { admin, alice, consentIfAsked, enterPassword, signedInAs, signOut } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ stageName: 'fresh' });

test('the first sign-in asks for consent in words, the second does not ask again', async ({
  page,
  stage,
}) => {
  await page.goto('/');
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await expect(page).toHaveURL((url) => url.origin === stage.demo.idpUrl);
  await enterPassword(page, alice);
  await expect(page.getByRole('heading', { name: 'Allow Coatcheck demo?' })).toBeVisible();
  const asked = page.getByRole('list', { name: 'Coatcheck demo asks to' });
  for (const scope of ['notes:read', 'notes:write', 'offline_access']) {
    await expect(asked.getByRole('listitem').filter({ hasText: scope })).toContainText(/[a-z]+ [a-z]+/i);
  }
  await expect(asked, 'what she may not have is not asked for').not.toContainText('admin');
  await page.getByRole('button', { name: 'Allow' }).click();
  await expect(signedInAs(page, alice)).toBeVisible();
  await expect(page.getByRole('main')).toContainText('You are signed in as Alice Example');

  await signOut(page);
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await enterPassword(page, alice);
  await expect(signedInAs(page, alice)).toBeVisible();
});

test('denied consent comes back with a message, and trying again works', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await enterPassword(page, admin);
  await page.getByRole('button', { name: 'Deny' }).click();

  const alert = page.getByRole('alert');
  await expect(alert).toContainText('the request was declined');
  await expect(alert).toContainText('access_denied');
  await alert.getByRole('link', { name: 'Sign in again' }).click();
  await consentIfAsked(page, admin);
});
