import path from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: path.join(import.meta.dirname, '../..'),
  test: {
    include: ['e2e/newcomer/*.test.ts'],
    // What somebody does, step by step: a step that fails ends the story.
    bail: 1,
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    allowOnly: false,
  },
});
