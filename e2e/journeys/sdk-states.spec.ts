import { sessionOf } from '../fixtures/calls.ts';
import { noteNamed } from '../fixtures/notes.ts';
import { alice, signedInAs, signIn } from '../fixtures/people.ts';
import { closeWhenRead, popupsAreClosed } from '../fixtures/popups.ts';
import { expect, test } from '../fixtures/test.ts';

test('without a network the page says so and stays, also what is being written; with one it goes on', async ({
  page,
  context,
}) => {
  await signIn(page, alice, '/notes');
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('Written on a train');
  await context.setOffline(true);
  const banner = page.getByRole('status').filter({ hasText: 'You are offline' });
  await expect(banner).toBeVisible();
  await expect(signedInAs(page, alice)).toBeVisible();
  await expect(page.getByLabel('Title')).toHaveValue('Written on a train');

  await context.setOffline(false);
  await expect(banner).toHaveCount(0);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(noteNamed(page, 'Written on a train')).toContainText('Changed');
});

test('a server that answers 503 from the start is said to be away, nobody is sent off, and trying again works', async ({
  page,
}) => {
  await signIn(page, alice, '/notes');
  await page.route('**/bff/session', (route) =>
    route.fulfill({
      status: 503,
      headers: { 'coatcheck-problem': 'store_unavailable', 'retry-after': '2' },
      contentType: 'application/problem+json',
      body: JSON.stringify({ status: 503, code: 'store_unavailable', detail: 'Sessions cannot be read.' }),
    }),
  );
  await page.reload();
  await expect(page.getByRole('heading', { name: 'The server cannot be asked who you are' })).toBeVisible();
  await expect(page.getByText('Sessions cannot be read.')).toBeVisible();
  await expect(page).toHaveURL('/notes');
  await page.unroute('**/bff/session');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('button', { name: 'New note' })).toBeVisible();
  await expect(signedInAs(page, alice)).toBeVisible();
});

test('before the absolute end, which nothing moves, a popup makes a new session under what is being written', async ({
  page,
  context,
}) => {
  await closeWhenRead(context);
  await signIn(page, alice, '/notes');
  const before = await sessionOf(page);
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('Longer than a session');
  // As the server would say half a minute before the end.
  await page.route('**/bff/session', (route) => route.fulfill({ json: { ...before, expiresIn: 30 } }));
  const other = await context.newPage();
  await other.goto('/');
  await other.evaluate(`new BroadcastChannel('coatcheck:/bff').postMessage({ type: 'changed' })`);
  const warning = page.getByRole('region', { name: 'Your session is about to end' });
  await expect(warning).toBeVisible();
  await other.close();
  await page.unroute('**/bff/session');

  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });
  await warning.getByRole('button', { name: 'Sign in again' }).click();
  await expect(warning).toHaveCount(0);
  await popupsAreClosed(context);
  expect(Date.parse(String((await sessionOf(page)).createdAt))).toBeGreaterThan(
    Date.parse(String(before.createdAt)),
  );
  await expect(page.getByLabel('Title')).toHaveValue('Longer than a session');
  expect(loads, 'the page was never left').toBe(0);
});
