import { accessTokenRunsOut } from '../fixtures/calls.ts';
import { alice, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ stageName: 'short-lived' });

test('BFF-LEAK-01: the flow shows the sign-in and a refresh as they happened, and nothing secret', async ({
  page,
}) => {
  await signIn(page, alice);
  await page.getByRole('link', { name: 'Learn' }).click();
  await page.getByRole('main').getByRole('link', { name: 'Flow' }).first().click();
  const signedIn = page.getByRole('region', { name: 'Sign-in' });
  await expect(signedIn.getByRole('button', { name: /The code for tokens/ })).toContainText('POST /token');
  await signedIn.getByRole('button', { name: /The code for tokens/ }).click();
  const step = page.getByRole('region', { name: 'The step' });
  await expect(step).toContainText('code_verifier');
  await expect(step).toContainText('‹43 characters›');
  await expect(step.getByRole('link', { name: 'RFC 6749, section 4.1.3' })).toBeVisible();

  await accessTokenRunsOut(page);
  await page.getByRole('button', { name: 'Call the API' }).click();
  const refresh = page.getByRole('region', { name: 'Refresh' });
  await expect(refresh.getByRole('button', { name: /New tokens for the old/ }).first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Call' }).last()).toContainText('The API answers');
});

test('the flow is stepped through by buttons and by arrow keys', async ({ page }) => {
  await signIn(page, alice, '/learn/flow');
  const step = page.getByRole('region', { name: 'The step' });
  await expect(step.getByRole('heading')).toHaveText('You want to sign in');
  await step.getByRole('button', { name: 'Next' }).click();
  await expect(step).toContainText(/Step 2 of \d+/);
  await page.getByRole('button', { name: /You want to sign in/ }).click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(step).toContainText(/Step 3 of \d+/);
  await expect(page.locator('[aria-current=step]')).toBeFocused();
  await page.keyboard.press('Home');
  await expect(step).toContainText(/Step 1 of \d+/);
});

test('the inspector shows what the server holds, and a refresh fills its life again', async ({ page }) => {
  await signIn(page, alice, '/learn/tokens');
  const access = page.getByRole('region', { name: 'Access token' });
  await expect(access).toContainText('Signature good');
  await expect(access.getByRole('row', { name: /^sub/ })).toContainText(alice.subject);
  await expect(page.getByRole('region', { name: 'ID token' })).toContainText('Signature good');
  await expect(page.getByRole('region', { name: 'Refresh token' })).toContainText('Opaque');

  await expect(access).toContainText('the next call renews it', { timeout: 15_000 });
  await page.getByRole('button', { name: 'Call the API' }).click();
  await expect(access).toContainText(/left of 0:0/);
});
