import { mergeConfig } from 'vitest/config';
import usual from '../vitest.config.ts';

/** The servers that `pnpm interop` builds. They are not in `pnpm verify`: that takes minutes, and a network. */
export default mergeConfig(usual, { test: { include: ['interop/go/tests/**/*.test.ts'] } });
