import { AxeBuilder } from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { openDocsSite } from '../fixtures/docs-site.ts';
import { looks, putOn } from '../fixtures/looks.ts';

/** The published documentation, without a demo behind it. */
const test = base.extend<object, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures' names from the pattern
    async ({}, use) => {
      const site = await openDocsSite();
      await use(site.url);
      await site.close();
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  baseURL: async ({ site }, use) => use(site),
});

function example(page: Page, title: string) {
  const frame = page.getByRole('region', { name: `Live example: ${title}` });
  return {
    frame,
    button: (name: string) => frame.getByRole('button', { name, exact: true }),
    asked: frame.getByRole('log'),
    async show() {
      await frame.scrollIntoViewIfNeeded();
      await expect(frame.getByText('One moment …')).toHaveCount(0);
    },
  };
}

test('a live example signs in and hears of an end from elsewhere', async ({ page }) => {
  await page.goto('/sdk/');
  const { frame, button, asked, show } = example(page, 'Signed in or not');
  await show();
  // By keyboard alone: focus follows to the provider's page and back.
  await frame.getByRole('link', { name: 'Sign in' }).press('Enter');
  await expect(frame.getByRole('group', { name: 'The page of the provider' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(button('Alice Archer')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(frame.getByText('Hello Alice Archer.')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(button('Sign out')).toBeFocused();
  await expect(asked).toContainText('GET /bff/events → 200');

  await button('End the session from another device').click();
  await expect(frame.getByText('You are signed out: revoked.')).toBeVisible();
  expect(new URL(page.url()).pathname).toBe('/sdk/');
  await expect(page.getByText('import { LoginLink, LogoutButton, Show, useSession, useUser }')).toBeVisible();
});

test('two tabs of a live example end together', async ({ page }) => {
  await page.goto('/sdk/react');
  const { frame, show } = example(page, 'Two tabs of one browser');
  await show();
  await expect(frame.getByRole('button', { name: 'Sign out' })).toHaveCount(2);
  await frame.getByRole('button', { name: 'Sign out' }).first().click();
  await expect(frame.getByText('Nobody is signed in.')).toHaveCount(2);
});

test('a live example warns before the end, and staying signed in moves it', async ({ page }) => {
  await page.goto('/sdk/react');
  const { frame, button, show } = example(page, 'A warning before the session ends');
  await show();
  await button('Expire in 20 seconds').click();
  await button('Stay signed in').click();
  await expect(frame.getByRole('alertdialog')).toHaveCount(0);
});

test('a live example sends a call again when the provider is back', async ({ page }) => {
  await page.goto('/sdk/client');
  const { frame, button, asked, show } = example(page, 'A call that waits and is sent again');
  await show();
  await button('The provider is down').click();
  await button('Add a note').click();
  await expect(asked).toContainText('503 refresh_unavailable');
  await button('All is well again').click();
  await expect(frame.getByText('Added, once.')).toBeVisible({ timeout: 20_000 });
});

test('a live example keeps a call until the same person is back, and sends nothing for another', async ({
  page,
}) => {
  await page.goto('/sdk/sign-in-again');
  const { frame, button, show } = example(page, 'Sign in again without losing the page');
  await show();
  await button('Expire now').click();
  await button('Save').click();
  await button('Sign in to save').click();
  await button('Alice Archer').click();
  await expect(frame.getByText('Saved.', { exact: true })).toBeVisible();

  await button('Expire now').click();
  await button('Save').click();
  await button('Sign in to save').click();
  await button('Bob Bishop').click();
  await expect(frame.getByText('Not saved: user_changed.')).toBeVisible();
});

test('what was typed into a live example outlives the page, for the same person only', async ({ page }) => {
  await page.goto('/sdk/sign-in-again');
  const { frame, button, show } = example(page, 'What was typed outlives the page');
  await show();
  await frame.getByRole('textbox').fill('Half a title');
  await button('Expire now').click();
  await frame.getByRole('link', { name: 'Sign in again' }).click();
  await button('Alice Archer').click();
  await expect(frame.getByRole('textbox')).toHaveValue('Half a title');

  await button('Expire now').click();
  await frame.getByRole('link', { name: 'Sign in again' }).click();
  await button('Bob Bishop').click();
  await expect(frame.getByText('Written by Bob Bishop.')).toBeVisible();
  await expect(frame.getByRole('textbox')).toHaveValue('');
});

test('a live example hides what was typed until the same person is back', async ({ page }) => {
  await page.goto('/sdk/sign-in-again');
  const { frame, button, show } = example(page, 'Hidden, not dropped');
  await show();
  await frame.getByRole('textbox').fill('Half a thought');
  await button('Expire now').click();
  await expect(frame.getByRole('textbox')).toBeHidden();
  await button('Alice signs in in another tab').click();
  await expect(frame.getByRole('textbox')).toHaveValue('Half a thought');
  await button('Bob signs in in another tab').click();
  await expect(frame.getByText('Bob Bishop writes')).toBeVisible();
  await expect(frame.getByRole('textbox')).toHaveValue('');
});

test('live examples step up, ask for consent and connect an account', async ({ page }) => {
  await page.goto('/sdk/account');
  const { frame, button, show } = example(page, 'Calls that need more');
  await show();
  for (const [call, action, answer] of [
    ['Delete all notes (stronger sign-in)', 'Confirm', 'Alice Archer'],
    ['Change a note (one more permission)', 'Continue', 'Alice Archer'],
    ['List repositories (another account)', 'Connect', 'Connect'],
  ] as const) {
    await button(call).click();
    await button(action).click();
    await button(answer).click();
    await button(call).click();
    await expect(frame.getByText('Done: 200.')).toBeVisible();
  }
});

test('a live example protects loaders and actions', async ({ page }) => {
  await page.goto('/sdk/router');
  const { frame, button, show } = example(page, 'Protected loaders and actions');
  await show();
  await frame.getByRole('link', { name: 'Notes' }).click();
  await button('Alice Archer').click();
  await expect(frame.getByText('https://app.example/notes?sort=newest#first')).toBeVisible();
  await frame.getByRole('textbox', { name: 'New note' }).fill('Tip the attendant');
  await button('Add').click();
  await expect(frame.getByText(/Alice Archer: .*Tip the attendant/)).toBeVisible();
  await frame.getByRole('link', { name: 'Admin' }).click();
  await expect(frame.getByRole('alert')).toContainText('403');
});

test('the adapters for Vue, Svelte and Solid follow the session', async ({ page }) => {
  await page.goto('/sdk/other-frameworks');
  for (const framework of ['Vue', 'Svelte', 'Solid']) {
    const { frame, button, show } = example(page, `The session in ${framework}`);
    await show();
    await expect(frame.getByText('Hello Alice Archer')).toBeVisible();
    await button('End the session from another device').click();
    await expect(frame.getByText('signed-out')).toBeVisible();
    await button('Sign in').click();
    await button('Bob Bishop').click();
    await expect(frame.getByText('Hello Bob Bishop')).toBeVisible();
  }
});

test('axe finds nothing serious in the live examples, and no page of the SDK scrolls sideways', async ({
  page,
}) => {
  test.setTimeout(180_000);
  for (const path of [
    '/sdk/',
    '/sdk/client',
    '/sdk/react',
    '/sdk/sign-in-again',
    '/sdk/account',
    '/sdk/coming-from',
  ]) {
    await page.goto(path);
    await expect(page.locator('.live, table').first()).toBeVisible();
    for (const frame of await page.locator('.live').all()) {
      await frame.scrollIntoViewIfNeeded();
      await expect(frame.getByText('One moment …')).toHaveCount(0);
    }
    for (const look of looks) {
      await putOn(page, look);
      const overflow: unknown = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect.soft(Number(overflow), `${path}, ${look.name}: scrolls sideways`).toBeLessThanOrEqual(0);
      // Colors and widths do not depend on each other there: two looks show both.
      const isExamined = (look.colors === 'dark') === (look.width === 390);
      if (!isExamined || (await page.locator('.live').count()) === 0) continue;
      const { violations } = await new AxeBuilder({ page }).include('.live').setLegacyMode().analyze();
      const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html.slice(0, 160)) }));
      expect.soft(serious, `${path}, ${look.name}`).toEqual([]);
    }
  }
});
