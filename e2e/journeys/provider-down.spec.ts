import { call, cookieHeader, replay } from '../fixtures/calls.ts';
import { alice, consentIfAsked, enterPassword, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test.afterEach(({ stage }) => stage.provider.open());

test('while the provider is down, signing in says so in the app, and works when it is back', async ({
  page,
  stage,
}) => {
  await page.goto('/');
  await stage.provider.close();
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  // docs/http.md, on_error=return: come back with login_error=<code> instead of showing a page.
  await expect(page).toHaveURL('/?login_error=provider_unavailable');
  const alert = page.getByRole('alert');
  await expect(alert.getByRole('heading', { name: 'The provider cannot be reached' })).toBeVisible();

  await stage.provider.open();
  await alert.getByRole('link', { name: 'Sign in again' }).click();
  await enterPassword(page, alice);
  await consentIfAsked(page, alice);
});

test('BFF-LOGOUT-03: while the provider is down, signing out ends the session here all the same', async ({
  page,
  context,
  stage,
}) => {
  await signIn(page, alice);
  const stolen = await cookieHeader(page, stage);
  const other = await context.newPage();
  await other.goto('/profile');
  await expect(other.getByRole('heading', { name: 'Your session' })).toBeVisible();

  await stage.provider.close();
  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(other.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  expect(await replay(stage, stolen, '/api/me')).toMatchObject({ status: 401, problem: 'session_required' });
  expect(await call(other, '/api/me')).toMatchObject({ status: 401, problem: 'session_required' });
});
