import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { findBrowser } from '../scripts/setup/browser.ts';
import { looks, putOn } from './fixtures/looks.ts';
import { openStage } from './fixtures/stage.ts';
import type { View } from './fixtures/view.ts';
import { viewLists } from './fixtures/view-lists.ts';

/**
 * Pictures of every page, light and dark, 390 and 1280 px, at a demo of its own:
 * `pnpm screenshots [part of a list's name] [directory]`.
 */
const [only = '', where = path.join(import.meta.dirname, 'screenshots')] = process.argv.slice(2);
const directory = path.resolve(where);
const found = findBrowser();
if (found.kind === 'missing') {
  console.error(`${found.reason}. To do: node scripts/setup.ts`);
  process.exit(1);
}

mkdirSync(directory, { recursive: true });
const stage = await openStage('usual');
try {
  const browser = await chromium.launch({ executablePath: found.path, args: ['--no-sandbox'] });
  try {
    for (const [name, views] of Object.entries(viewLists)) {
      if (name.includes(only)) await takeAll(browser, views);
    }
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}

/** Pictures of some views, one browser context for all of them as one is signed in. */
async function takeAll(browser: Browser, views: readonly View[]): Promise<void> {
  const context = await browser.newContext({ baseURL: stage.demo.url });
  const page = await context.newPage();
  for (const view of views) {
    await view.open(page);
    for (const look of looks) {
      await putOn(page, look);
      const name = `${view.name}, ${look.colors} ${look.width}`.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase();
      await page.screenshot({ path: path.join(directory, `${name}.png`), fullPage: true });
      console.log(name);
    }
  }
  await context.close();
}
