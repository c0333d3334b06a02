import type { Page } from '@playwright/test';
import { apiCalls, sessionOf } from '../fixtures/calls.ts';
import { noteNamed } from '../fixtures/notes.ts';
import { admin, alice, enterPassword, type Person, signedInAs, signIn } from '../fixtures/people.ts';
import { closeWhenRead, popupsAreClosed } from '../fixtures/popups.ts';
import type { Stage } from '../fixtures/stage.ts';
import { expect, test } from '../fixtures/test.ts';

test.beforeEach(({ context }) => closeWhenRead(context));

/** Leaves Alice with a note on its way that met the end of her session, of which the page did not hear before. */
async function saveAfterTheEnd(page: Page, stage: Stage, title: string) {
  await page.route('**/bff/events', (route) => route.abort());
  await signIn(page, alice, '/notes');
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill(title);
  await stage.endSessionsOf(alice.subject);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'It is saved as soon as you are signed in again' });
  await expect(alert.getByRole('heading', { name: 'Your session was ended from elsewhere' })).toBeVisible();
  return alert.getByRole('button', { name: 'Sign in again' });
}

/** Whether the API was asked to keep a note of that title, by calls that it answered. */
function savesOf(stage: Stage, title: string): number[] {
  return apiCalls(stage)
    .filter(({ method, requestBody }) => method === 'POST' && requestBody.includes(title))
    .map(({ status }) => status);
}

/** Counts the documents that a page loads from now on. */
function countLoads(page: Page): () => number {
  let loads = 0;
  page.on('request', (request) => {
    if (request.isNavigationRequest() && request.frame() === page.mainFrame()) loads += 1;
  });
  return () => loads;
}

/** The provider has forgotten who was there, so the popup asks. */
async function signInInPopup(page: Page, stage: Stage, open: () => Promise<void>, person: Person) {
  await page.context().clearCookies({ domain: new URL(stage.demo.idpUrl).hostname });
  const opening = page.context().waitForEvent('page');
  await open();
  const popup = await opening;
  await enterPassword(popup, person);
  return popup;
}

test('BFF-SDK-02: a note that met the end of the session waits for the popup, and is saved once, on the same page', async ({
  page,
  context,
  stage,
}) => {
  const button = await saveAfterTheEnd(page, stage, 'Written at the end');
  const loads = countLoads(page);
  await signInInPopup(page, stage, () => button.click(), alice);
  await expect(signedInAs(page, alice)).toBeVisible();
  await expect(noteNamed(page, 'Written at the end')).toContainText('Changed');
  await popupsAreClosed(context);
  expect(savesOf(stage, 'Written at the end')).toEqual([201]);
  expect(loads(), 'the page was never left').toBe(0);
});

test('BFF-SDK-02: somebody else in the popup: nothing of the person before is sent, and the page says so', async ({
  page,
  context,
  stage,
}) => {
  const button = await saveAfterTheEnd(page, stage, 'For Alice alone');
  const popup = await signInInPopup(page, stage, () => button.click(), admin);
  // Asked unless another journey of this stage has had her consent; then the popup is about to close.
  const allow = popup.getByRole('button', { name: 'Allow' });
  await allow.click().catch((refused: unknown) => {
    if (!popup.isClosed()) throw refused;
  });
  await expect(signedInAs(page, admin)).toBeVisible();
  const alert = page.getByRole('alert').filter({ hasText: 'was not sent' });
  await expect(alert.getByRole('heading', { name: 'Somebody else signed in' })).toBeVisible();
  expect(savesOf(stage, 'For Alice alone')).toEqual([]);
  expect(await page.content()).not.toContain('For Alice alone');
  await popupsAreClosed(context);
});

test('BFF-SDK-02: where the browser opens no popup the page is left once, and what was typed is there afterwards', async ({
  page,
  stage,
}) => {
  await page.addInitScript('window.open = () => null');
  const button = await saveAfterTheEnd(page, stage, 'Kept over a redirect');
  const loads: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/bff/login') loads.push(request.url());
  });
  await button.click();
  await expect(signedInAs(page, alice)).toBeVisible();
  await expect(page).toHaveURL('/notes');
  await expect(page.getByLabel('Title')).toHaveValue('Kept over a redirect');
  expect(loads).toHaveLength(1);
  expect(savesOf(stage, 'Kept over a redirect')).toEqual([]);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(noteNamed(page, 'Kept over a redirect')).toContainText('Changed');
});

test('a sign-in that is declined in the popup is told on the page, which goes on waiting; giving up sends nothing', async ({
  page,
  context,
  stage,
}) => {
  const button = await saveAfterTheEnd(page, stage, 'Never sent');
  await context.clearCookies({ domain: new URL(stage.demo.idpUrl).hostname });
  const opening = context.waitForEvent('page');
  await button.click();
  await (await opening).getByRole('button', { name: 'Cancel' }).click();
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('access_denied');
  await alert.getByRole('button', { name: 'Do not save it' }).click();
  await expect(alert).not.toContainText('It is saved as soon as');

  expect(savesOf(stage, 'Never sent')).toEqual([]);
  await popupsAreClosed(context);
  const another = context.waitForEvent('page');
  await alert.getByRole('button', { name: 'Sign in again' }).click();
  await enterPassword(await another, alice);
  await expect(page.getByLabel('Title'), 'and it is there to be saved').toHaveValue('Never sent');
  await popupsAreClosed(context);
});

test('a session that ends while nothing is being saved: the draft is there again after the popup', async ({
  page,
  context,
  stage,
}) => {
  await signIn(page, alice, '/notes');
  await page.getByRole('button', { name: 'New note' }).click();
  await page.getByLabel('Title').fill('Still being written');
  await stage.endSessionsOf(alice.subject);
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('What you were writing is kept in this tab.');
  expect(await page.content()).not.toContain('Still being written');

  const loads = countLoads(page);
  await alert.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page.getByLabel('Title')).toHaveValue('Still being written');
  expect(loads(), 'the page was never left').toBe(0);
  expect(await sessionOf(page)).toMatchObject({ authenticated: true });
  await popupsAreClosed(context);
});
