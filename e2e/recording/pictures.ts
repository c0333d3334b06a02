import path from 'node:path';
import { expect, type Page } from '@playwright/test';
import { putOn } from '../fixtures/looks.ts';

/** The pictures of the README, light and dark, of somebody who signed in and tried the lab. */
const pictures: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async home(page) {
    await page.goto('/');
    await expect(page.getByTestId('tokens-found')).toHaveText('0');
    await expect(page.getByText('You are signed in as')).toBeVisible();
  },
  async lab(page) {
    await page.goto('/learn/lab');
    await expect(page.getByText('Nothing to steal').first()).toBeVisible();
  },
  async flow(page) {
    await page.goto('/learn/flow');
    await page.getByRole('button', { name: /The code for tokens/ }).click();
    await page.evaluate('scrollTo(0, 0)');
    await page.mouse.move(0, 0);
  },
};

export async function takePictures(page: Page, directory: string): Promise<void> {
  for (const [name, open] of Object.entries(pictures)) {
    await open(page);
    for (const colors of ['light', 'dark'] as const) {
      await putOn(page, { colors, width: 1280 });
      await page.screenshot(); // else parts of the larger page may not be painted yet
      await page.screenshot({ path: path.join(directory, `${name}-${colors}.png`) });
    }
  }
}
