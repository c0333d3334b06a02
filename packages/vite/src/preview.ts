import type { PreviewServer } from 'vite';
import type { CoatcheckViteOptions } from './options.ts';
import { territoryOf } from './territory.ts';

const sentence =
  'vite preview serves the build without Coatcheck. To run both: npx coatcheck serve -c coatcheck.config.json';

/** A build is run by the real server with real providers; here nobody can sign in, and both places say so. */
export function refusePreview({ middlewares, config }: PreviewServer, options: CoatcheckViteOptions): void {
  const isOurs = territoryOf(options);
  config.logger.warn(`[coatcheck] ${sentence}`);
  middlewares.use((request, response, next) => {
    if (!isOurs(request.url ?? '')) return next();
    response.writeHead(501, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
    response.end(sentence);
  });
}
