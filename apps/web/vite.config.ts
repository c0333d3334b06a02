import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  server: {
    // Only the BFF talks to this server: the page, and with it Vite's WebSocket, stays on the BFF's origin. Vite's
    // client takes host and port from the page as long as `hmr` names none.
    host: '127.0.0.1',
    port: Number(process.env.VITE_PORT ?? 5173),
    strictPort: true,
    allowedHosts: ['localhost', '127.0.0.1'],
  },
  build: {
    sourcemap: false,
    // The Content-Security-Policy allows neither inline scripts nor data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
  },
});
