import { call, sessionOf } from '../fixtures/calls.ts';
import { alice, signIn } from '../fixtures/people.ts';
import { expect, test } from '../fixtures/test.ts';

test('two providers in one session: connected and disconnected on the profile page', async ({ page }) => {
  await signIn(page, alice, '/profile');
  const accounts = page.getByRole('region', { name: 'Your accounts' });
  await accounts.getByRole('button', { name: 'Connect Google' }).click();
  await page.getByRole('button', { name: /Maya Consumer/ }).click();
  const allow = page.getByRole('button', { name: 'Continue', exact: true });
  await expect(allow.or(accounts)).toBeVisible();
  if (await allow.isVisible()) await allow.click();

  await expect(accounts.getByRole('button', { name: 'Disconnect Google' })).toBeVisible();
  expect(await sessionOf(page)).toMatchObject({
    authenticated: true,
    provider: 'demo',
    connections: ['demo', 'google'],
    user: { sub: alice.subject },
  });
  expect((await call(page, '/api/me')).status).toBe(200);

  await accounts.getByRole('button', { name: 'Disconnect Google' }).click();
  await expect(accounts.getByRole('status')).toContainText('Google is disconnected');
  await expect(accounts.getByRole('button', { name: 'Connect Google' })).toBeVisible();
  expect(await sessionOf(page)).toMatchObject({ authenticated: true, connections: ['demo'] });
});
