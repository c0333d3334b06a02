import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.join(import.meta.dirname, '..'),
  test: {
    include: ['interop/tests/**/*.test.ts'],
    // Every file has a server and a BFF of its own in other processes.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 5_000 } },
    // What a server writes is shown where a journey fails.
    silent: 'passed-only',
    allowOnly: false,
  },
});
