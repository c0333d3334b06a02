import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { looks, putOn } from '../fixtures/looks.ts';
import { expect, test } from '../fixtures/test.ts';
import type { View } from '../fixtures/view.ts';
import { viewLists } from '../fixtures/view-lists.ts';

for (const [who, views] of Object.entries(viewLists)) {
  test(`axe finds nothing serious on any page, ${who}, light and dark, narrow and wide`, async ({ page }) => {
    test.setTimeout(120_000);
    for (const view of views) await test.step(view.name, () => examine(page, view));
  });
}

async function examine(page: Page, view: View): Promise<void> {
  await view.open(page);
  for (const look of looks) {
    await putOn(page, look);
    // No page has frames, so the mode that opens a second page to join their results is not needed.
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    const serious = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html.slice(0, 160)) }));
    expect.soft(serious, `${view.name}, ${look.name}`).toEqual([]);
    const overflow: unknown = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect.soft(Number(overflow), `${view.name}, ${look.name}: scrolls sideways`).toBeLessThanOrEqual(0);
  }
}
