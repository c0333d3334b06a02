import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [react()],
  // The Content-Security-Policy of the BFF allows neither inline scripts nor data: URLs for them.
  build: { assetsInlineLimit: 0 },
  test: { include: ['test/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 },
});
