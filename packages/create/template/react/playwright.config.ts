import { findChromium, tokenScanArguments } from '@coatcheck/testing/playwright';
import { defineConfig } from '@playwright/test';

const executablePath = findChromium();

export default defineConfig({
  testDir: 'test',
  outputDir: 'test-results',
  use: {
    baseURL: 'http://localhost:5173',
    launchOptions: { args: tokenScanArguments, ...(executablePath && { executablePath }) },
  },
  webServer: [
    { command: 'npm run dev:api', url: 'http://127.0.0.1:9310/health', reuseExistingServer: false },
    {
      command: 'npm run dev:web',
      url: 'http://localhost:5173/bff/providers',
      env: { TOKENS_FILE: 'test-results/tokens.jsonl' },
      reuseExistingServer: false,
    },
  ],
});
