import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, sendProblem } from '@coatcheck/bff';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { cacheControlFor, isAppPath } from './headers.ts';

/**
 * Serves a build of the single-page app: the files that are there at start, without source maps and hidden files, and
 * the app's page for every address that a person navigates to.
 *
 * @throws ConfigError where there is no build
 */
export async function serveBuild(app: FastifyInstance, directory: string): Promise<void> {
  const page = readPage(directory);
  await app.register(fastifyStatic, {
    root: directory,
    wildcard: false,
    index: false,
    cacheControl: false,
    globIgnore: ['**/*.map', '**/.*', '**/.*/**', 'index.html'],
    setHeaders(reply: FastifyReply, path: string) {
      reply.header('cache-control', cacheControlFor(path));
    },
  });
  app.setNotFoundHandler((request, reply) => {
    const [path = ''] = (request.raw.url ?? '').split('?', 1);
    if (!isAppPath(request.method, path, request.headers))
      return sendProblem(request, reply, { code: 'not_found' });
    return reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('content-security-policy', app.coatcheck.contentSecurityPolicy())
      .send(page);
  });
}

function readPage(directory: string): Buffer {
  try {
    return readFileSync(join(directory, 'index.html'));
  } catch {
    throw new ConfigError([
      {
        key: 'spa.directory',
        problem: 'holds no index.html.',
        fix: 'Build the app first, or name the folder of the build.',
      },
    ]);
  }
}
