import type { Plugin, ResolvedConfig } from 'vite';
import type { CoatcheckViteOptions } from './options.ts';
import { refusePreview } from './preview.ts';
import { mountOn, type Stage } from './stage.ts';

/**
 * Runs Coatcheck inside `vite dev`, on the app's own origin and port: sign-in below `/bff`, and the routes to your APIs
 * with the person's access token. Without `providers` it signs people in by an embedded OpenID Provider.
 *
 * For development alone: `vite build` is not touched, and `vite preview` says where the BFF is.
 *
 * @example
 * ```ts
 * export default defineConfig({
 *   plugins: [react(), coatcheck({ routes: [{ prefix: '/api', upstream: 'http://127.0.0.1:9300' }] })],
 * });
 * ```
 */
export function coatcheck(options: CoatcheckViteOptions = {}): Plugin {
  // By run: while Vite restarts, the new server is configured before the old one is closed.
  const stages = new Map<ResolvedConfig, Stage>();
  return {
    name: 'coatcheck',
    apply: 'serve',
    configureServer(server) {
      stages.set(server.config, mountOn(server, options));
    },
    async closeBundle() {
      // Asked once for each environment.
      const config = this.environment.getTopLevelConfig();
      const stage = stages.get(config);
      stages.delete(config);
      await stage?.close();
    },
    configurePreviewServer(server) {
      refusePreview(server, options);
    },
  };
}
