import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { type Look, looks, putOn } from '../fixtures/looks.ts';
import { expect, test } from '../fixtures/test.ts';
import type { View } from '../fixtures/view.ts';
import { viewLists } from '../fixtures/view-lists.ts';

// Each list has a browser of its own, so two workers share them.
test.describe.configure({ mode: 'parallel' });

for (const [who, views] of Object.entries(viewLists)) {
  test(`axe finds nothing serious and nothing scrolls sideways on any page, ${who}, light and dark, from 320 px up`, async ({
    page,
  }) => {
    test.setTimeout(120_000);
    for (const view of views) await test.step(view.name, () => examine(page, view));
  });
}

async function examine(page: Page, view: View): Promise<void> {
  await view.open(page);
  for (const look of looks) {
    await putOn(page, look);
    // Every colour and every width, but not each with each: axe takes a second on a page.
    if ((look.colors === 'light') === look.width < 500) await expectNothingSerious(page, view, look);
    await expectNoSidewaysScroll(page, `${view.name}, ${look.name}`);
  }
  // WCAG 1.4.10: a screen of 1280 px shows 320 of them at 400 %.
  await putOn(page, { colors: 'light', width: 320 });
  await expectNoSidewaysScroll(page, `${view.name}, 320 px`);
}

async function expectNothingSerious(page: Page, view: View, look: Look): Promise<void> {
  // No page has frames, so the mode that opens a second page to join their results is not needed.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html.slice(0, 160)) }));
  expect.soft(serious, `${view.name}, ${look.name}`).toEqual([]);
}

async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const overflow: unknown = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  expect.soft(Number(overflow), `${where}: scrolls sideways`).toBeLessThanOrEqual(0);
}
