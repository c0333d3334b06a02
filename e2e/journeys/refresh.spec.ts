import { accessTokenRunsOut, apiCalls, call, sessionOf } from '../fixtures/calls.ts';
import { newestRefreshToken, refreshesIn, signInsIn } from '../fixtures/credentials.ts';
import { noteNamed, writeNote } from '../fixtures/notes.ts';
import { alice, signedInAs, signIn } from '../fixtures/people.ts';
import { closeWhenRead, popupsAreClosed } from '../fixtures/popups.ts';
import { expect, test } from '../fixtures/test.ts';

test.use({ stageName: 'short-lived' });

test('BFF-REF-01: tokens are renewed while somebody works, and nobody notices', async ({ page, stage }) => {
  await signIn(page, alice, '/notes');
  const before = { refreshes: refreshesIn(stage.provider.exchanges).length, calls: apiCalls(stage).length };
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest()) loads += 1;
  });

  for (const title of ['Written with the second token', 'Written with the third token']) {
    await accessTokenRunsOut(page);
    await writeNote(page, title);
  }

  expect(refreshesIn(stage.provider.exchanges).length - before.refreshes).toBeGreaterThanOrEqual(2);
  const statuses = apiCalls(stage)
    .slice(before.calls)
    .map(({ status }) => status);
  expect(
    statuses.filter((status) => status >= 400),
    'the API never met an old token',
  ).toEqual([]);
  expect(loads, 'no page was left').toBe(0);
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('BFF-REF-03: 50 calls of five tabs at the moment of expiry cause one refresh', async ({
  context,
  page,
  stage,
}) => {
  await signIn(page, alice);
  const tabs = [page];
  while (tabs.length < 5) tabs.push(await context.newPage());
  await Promise.all(tabs.slice(1).map((tab) => tab.goto('/')));
  await accessTokenRunsOut(page);

  const before = refreshesIn(stage.provider.exchanges).length;
  const answers = await Promise.all(
    tabs.flatMap((tab) => Array.from({ length: 10 }, () => call(tab, '/api/me'))),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
  expect(refreshesIn(stage.provider.exchanges).length - before).toBe(1);
  for (const tab of tabs) await expect(signedInAs(tab, alice)).toBeVisible();
});

test('BFF-REF-09: while the provider is down calls work, then wait, and go on without a sign-in', async ({
  page,
  stage,
}) => {
  await signIn(page, alice);
  const signIns = signInsIn(stage.provider.exchanges).length;
  await accessTokenRunsOut(page);
  expect((await call(page, '/api/me')).status).toBe(200);

  await stage.provider.close();
  expect((await call(page, '/api/me')).status, 'the token lives').toBe(200);
  await stage.provider.stop();
  try {
    await expect.poll(async () => (await call(page, '/api/me')).status, { timeout: 20_000 }).toBe(503);
    const refused = await call(page, '/api/me');
    expect(refused).toMatchObject({ status: 503, problem: 'refresh_unavailable' });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(await sessionOf(page)).toMatchObject({ authenticated: true });

    await page.getByRole('button', { name: 'Call /api/me' }).click();
    const alert = page.getByRole('alert');
    await expect(alert.getByRole('heading', { name: 'That did not work just now' })).toBeVisible();
    await expect(alert).toContainText('refresh_unavailable');
    await expect(signedInAs(page, alice)).toBeVisible();
  } finally {
    await stage.provider.start();
  }

  await expect.poll(async () => (await call(page, '/api/me')).status, { timeout: 40_000 }).toBe(200);
  await page.getByRole('button', { name: 'Call /api/me' }).click();
  await expect(page.getByRole('region', { name: 'What the API saw' })).toBeVisible();
  expect(signInsIn(stage.provider.exchanges).length, 'nobody had to sign in').toBe(signIns);
});

test('BFF-REF-10: a refresh token revoked at the provider ends the session with the reason, and keeps the draft', async ({
  page,
  context,
  stage,
}) => {
  await closeWhenRead(context);
  await signIn(page, alice, '/notes');
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('Not saved yet');

  const revoked = await stage.revoke(newestRefreshToken(stage.provider.exchanges));
  expect(revoked).toBe(200);
  await accessTokenRunsOut(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();

  const alert = page.getByRole('alert');
  await expect(alert.getByRole('heading', { name: 'The provider did not renew your session' })).toBeVisible();
  await expect(alert).toContainText('What you were writing is kept in this tab.');
  const refreshes = refreshesIn(stage.provider.exchanges).length;
  expect(await call(page, '/api/me')).toMatchObject({ status: 401, problem: 'session_required' });
  expect(refreshesIn(stage.provider.exchanges).length, 'asked once, and no more').toBe(refreshes);

  await alert.getByRole('button', { name: 'Sign in again' }).click();
  await expect(signedInAs(page, alice)).toBeVisible();
  await expect(noteNamed(page, 'Not saved yet'), 'saved without another click').toContainText('Changed');
  await popupsAreClosed(context);
});
