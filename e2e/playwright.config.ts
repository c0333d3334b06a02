import { tokenScanArguments } from '@coatcheck/testing/playwright';
import { defineConfig } from '@playwright/test';
import { findBrowser } from '../scripts/setup/browser.ts';
import type { StageOptions } from './fixtures/test.ts';

const browser = findBrowser();
if (browser.kind === 'missing') {
  throw new Error(`${browser.reason}. To do: node scripts/setup.ts`);
}

export default defineConfig<object, StageOptions>({
  testDir: 'journeys',
  outputDir: 'test-results',
  // Each worker has a demo and a browser of its own: more do not fit on two cores.
  workers: 2,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: {
      executablePath: browser.path,
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        ...tokenScanArguments,
      ],
    },
  },
});
