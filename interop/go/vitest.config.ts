import { defineConfig } from 'vitest/config';
import usual from '../vitest.config.ts';

/** The servers that `pnpm interop` builds. They are not in `pnpm verify`: that takes minutes, and a network. */
export default defineConfig({
  ...usual,
  test: { ...usual.test, include: ['interop/go/tests/**/*.test.ts'] },
});
