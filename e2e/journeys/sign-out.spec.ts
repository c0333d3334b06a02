import { watchForTokens } from '@coatcheck/testing/playwright';
import type { Page } from '@playwright/test';
import { call, cookieHeader, replay, sessionOf } from '../fixtures/calls.ts';
import { writeNote } from '../fixtures/notes.ts';
import { alice, confirmAtProvider, enterPassword, signedInAs, signIn, signOut } from '../fixtures/people.ts';
import { privateTextShown, reportPrivateText, wasRestored } from '../fixtures/private-text.ts';
import type { Stage } from '../fixtures/stage.ts';
import { codeFlowOf, expect, test } from '../fixtures/test.ts';

test('BFF-LOGOUT-01, BFF-HDR-04: signing out by the button ends the session here and at the provider', async ({
  page,
  context,
  stage,
}) => {
  await signIn(page, alice);
  const stolen = await cookieHeader(page, stage);
  expect((await replay(stage, stolen, '/api/me')).status, 'the copy worked before').toBe(200);

  const answer = page.waitForResponse((response) => response.url().endsWith('/bff/logout'));
  await signOut(page);
  expect((await (await answer).allHeaders())['clear-site-data']).toBe('"cache"');
  const left = (await context.cookies(stage.demo.url)).map(({ name }) => name);
  expect(left, 'BFF-COOK-07').not.toContain('__Host-Http-coatcheck');
  expect(left).not.toContain('__Host-Http-coatcheck-here');
  await expectEnded(page, stage, stolen);
});

test('BFF-LOGOUT-01: signing out by a plain form ends the session here and at the provider', async ({
  page,
  stage,
}) => {
  await signIn(page, alice, '/profile');
  const stolen = await cookieHeader(page, stage);
  await page.getByRole('button', { name: 'Sign out with a plain form' }).click();
  await confirmAtProvider(page);
  await expectEnded(page, stage, stolen);
});

test('signing out of this app only leaves the provider alone: the next sign-in asks nothing', async ({
  page,
  stage,
}) => {
  await signIn(page, alice, '/profile');
  const stolen = await cookieHeader(page, stage);
  await page.getByRole('button', { name: 'Sign out of this app only' }).click();
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  expect((await replay(stage, stolen, '/api/me')).status).toBe(401);
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await expect(signedInAs(page, alice)).toBeVisible();
});

test('BFF-SDK-03: sign-out reaches the other tabs within two seconds', async ({ page, context }) => {
  await signIn(page, alice);
  const notes = await context.newPage();
  await notes.goto('/notes');
  await notes.getByRole('button', { name: 'New note' }).click();
  const home = await context.newPage();
  await home.goto('/');
  await expect(signedInAs(home, alice)).toBeVisible();

  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(notes.getByRole('heading', { name: 'You are signed out' })).toBeVisible({ timeout: 2_000 });
  await expect(home.getByRole('heading', { name: 'You are signed out' })).toBeVisible({ timeout: 2_000 });
  for (const tab of [notes, home]) {
    await expect(tab.getByText(alice.name)).toHaveCount(0);
    await expect(tab.getByRole('form')).toHaveCount(0);
  }
  await confirmAtProvider(page);
});

test('BFF-HDR-04: a page from the back/forward cache shows nothing private once the session is over', async ({
  playwright,
  launchOptions,
  stage,
  attacker,
}) => {
  // Playwright turns that cache off, so this takes a browser of its own.
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  const context = await browser.newContext({ baseURL: stage.demo.url });
  const watch = await watchForTokens(context, { secrets: stage.secrets });
  const page = await context.newPage();
  await reportPrivateText(context, [alice.name, 'Only in memory']);
  await signIn(page, alice, '/notes');
  await writeNote(page, 'Only in memory');
  await expect.poll(() => privateTextShown(page), 'the report works').toHaveLength(2);

  const elsewhere = attacker.origin + attacker.page('elsewhere');
  await page.evaluate(`location.assign('${elsewhere}')`);
  await page.waitForURL(elsewhere);
  await stage.endSessionsOf(alice.subject);
  // Playwright waits for a load event that a page from the cache does not have.
  await page.evaluate('setTimeout(() => history.back())');
  await page.waitForURL('/notes', { waitUntil: 'commit' });

  await expect(page.getByRole('heading', { name: 'Your session was ended from elsewhere' })).toBeVisible();
  expect(await wasRestored(page), 'or this shows nothing').toBe(true);
  expect(await privateTextShown(page)).toEqual([]);
  await watch.expectNoTokens({ allow: codeFlowOf(stage) });
  await browser.close();
});

test('BFF-HDR-04: the back button shows nothing private after sign-out', async ({ page }) => {
  await signIn(page, alice, '/notes');
  await writeNote(page, 'Only for Alice');
  await page.getByRole('banner').getByRole('link', { name: alice.name }).click();
  await expect(page.getByRole('heading', { name: 'Your session' })).toBeVisible();
  await page.getByRole('button', { name: 'Sign out with a plain form' }).click();
  await confirmAtProvider(page);

  await reportPrivateText(page.context(), [alice.name, 'Only for Alice']);
  for (let steps = 0; steps < 4; steps += 1) {
    await page.goBack({ waitUntil: 'commit' });
    await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
    // A page that leads on to the sign-in may be gone while it is asked.
    await expect(async () => expect(await privateTextShown(page)).toEqual([])).toPass({ timeout: 5_000 });
  }
});

/** The session is gone, its cookie worthless, and the provider wants the password again. */
async function expectEnded(page: Page, stage: Stage, stolen: string): Promise<void> {
  expect(await call(page, '/api/me')).toMatchObject({ status: 401, problem: 'session_required' });
  expect(await replay(stage, stolen, '/api/me')).toMatchObject({ status: 401, problem: 'session_required' });
  expect(JSON.parse((await replay(stage, stolen, '/bff/session')).body)).toEqual({
    authenticated: false,
    reason: 'signed-out',
  });
  expect(await sessionOf(page)).toMatchObject({ authenticated: false });
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click();
  await enterPassword(page, alice);
  await expect(signedInAs(page, alice)).toBeVisible();
}
