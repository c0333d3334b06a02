import { findChromium, tokenScanArguments } from '@coatcheck/testing/playwright';
import { defineConfig } from '@playwright/test';

const executablePath = findChromium();

export default defineConfig({
  testDir: 'test',
  testMatch: '*.spec.ts',
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { launchOptions: { args: tokenScanArguments, ...(executablePath && { executablePath }) } },
});
