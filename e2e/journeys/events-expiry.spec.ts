import { expect, type Page, test } from '@playwright/test';
import { type Demo, startDemo } from '../../scripts/demo/start.ts';
import { sessionOf } from '../fixtures/calls.ts';
import { alice, signedInAs, signIn } from '../fixtures/people.ts';

/** Seconds without use until the session ends. The server warns a tenth of that before. */
const idle = 40;

let demo: Demo;

test.describe.configure({ timeout: 180_000 });
test.beforeAll(async () => {
  demo = await startDemo({ ports: 'free', env: { SESSION_IDLE_TIMEOUT: String(idle) } });
});
test.afterAll(() => demo?.close());

test('before the idle end a warning shows in every tab; “Stay signed in” in one takes it from all; then it ends', async ({
  browser,
}) => {
  const context = await browser.newContext({ baseURL: demo.url });
  const page = await context.newPage();
  await signIn(page, alice);
  const other = await context.newPage();
  await other.goto('/notes');
  await expect(signedInAs(other, alice)).toBeVisible();
  await expect(warning(page)).toHaveCount(0);

  for (const tab of [page, other]) await expect(warning(tab)).toBeVisible({ timeout: idle * 1_000 });
  await expect(warning(page)).toContainText(/Time left: 0:0[0-4]/);
  await warning(other).getByRole('button', { name: 'Stay signed in' }).click();
  for (const tab of [page, other]) await expect(warning(tab)).toHaveCount(0);
  expect(Number((await sessionOf(page)).idleExpiresIn)).toBeGreaterThan(idle - 10);
  await expect(other.getByRole('main'), 'the keyboard is not lost').toBeFocused();

  for (const tab of [page, other]) await expect(warning(tab)).toBeVisible({ timeout: idle * 1_000 });
  for (const tab of [page, other])
    await expect(tab.getByText('You were signed out after a while without activity')).toBeVisible();
  await expect(warning(page)).toHaveCount(0);
  await context.close();
});

function warning(page: Page) {
  return page.getByRole('region', { name: 'Are you still there?' });
}
