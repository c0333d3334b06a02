import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.join(import.meta.dirname, '..'),
  test: {
    include: ['conformance/tests/**/*.test.ts'],
    globalSetup: ['conformance/store-server.ts', 'conformance/adapters/compile-cache.ts'],
    reporters: ['default', './conformance/reporter.ts'],
    // Every file has a BFF of its own in another process; two at a time fill two cores.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // For what has no time of its own to keep; a busy machine needs more than a second.
    expect: { poll: { timeout: 5_000 } },
    allowOnly: false,
  },
});
