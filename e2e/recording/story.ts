import { expect, type Page } from '@playwright/test';
import { attackWeakApp, cell } from '../fixtures/lab.ts';
import { alice, signedInAs } from '../fixtures/people.ts';
import type { Film } from './film.ts';

/** Somebody signs in, calls the API, and finds that the page still holds no token. */
export async function tellSignIn(page: Page, film: Film): Promise<void> {
  await page.goto('/');
  await expect(page.getByTestId('tokens-found')).toHaveText('0');
  await film.hold(1_800);
  await film.press(page.getByRole('link', { name: 'Sign in as a demo user' }));
  await expect(page.getByLabel('Password')).toBeVisible();
  await film.hold(900);
  await page.getByLabel('E-mail address').fill(alice.login);
  await page.getByLabel('Password').fill('coatcheck');
  await film.press(page.getByRole('button', { name: 'Sign in' }));
  await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
  await film.hold(1_200);
  await film.press(page.getByRole('button', { name: 'Allow' }));
  await expect(signedInAs(page, alice)).toBeVisible();
  await film.hold(1_500);
  await page
    .getByRole('region', { name: 'What JavaScript on this page can read right now' })
    .scrollIntoViewIfNeeded();
  await film.hold(2_400);
  await film.press(page.getByRole('button', { name: 'Call /api/me' }));
  await expect(page.getByRole('region', { name: 'What the API saw' })).toBeVisible();
  await page.getByRole('region', { name: 'What the API saw' }).scrollIntoViewIfNeeded();
  await film.hold(2_400);
}

/** The same attack on an app that keeps its tokens in localStorage, and on this one. */
export async function tellAttack(page: Page, film: Film): Promise<void> {
  await page.goto('/learn/lab');
  const weak = cell(page, 'single', 'storage');
  await expect(weak.getByRole('link')).toBeVisible();
  await weak.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await film.hold(1_500);
  await film.point(weak.getByRole('link'));
  await attackWeakApp(page, 'single', 'storage');
  await expect(weak.getByRole('status')).toHaveText('Stolen');
  await film.hold(2_000);
  const opened = page.waitForEvent('popup');
  await film.press(cell(page, 'single', 'coatcheck').getByRole('button'));
  await (await opened).close();
  await expect(cell(page, 'single', 'coatcheck').getByRole('status')).toHaveText('Nothing to steal');
  await film.hold(3_500);
}
