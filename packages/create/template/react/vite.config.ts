import { coatcheck } from '@coatcheck/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import config from './coatcheck.config.json' with { type: 'json' };

export default defineConfig({
  plugins: [
    react(),
    // Sign-in and the routes to the API, as in production; people sign in at an embedded provider without passwords.
    coatcheck({
      routes: config.routes,
      providerPort: 9410,
      ...(process.env.TOKENS_FILE && { tokensFile: process.env.TOKENS_FILE }),
    }),
  ],
  server: { port: 5173, strictPort: true },
  build: {
    // The Content-Security-Policy of production allows neither inline scripts nor data: URLs for them.
    assetsInlineLimit: 0,
  },
});
