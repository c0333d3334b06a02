import Fastify, { type FastifyInstance } from 'fastify';
import resourceServer, { type ResourceServerOptions } from '../../src/index.ts';

/** A small API behind the plugin. What it logged is in `log`. */
export async function buildApi(
  options: ResourceServerOptions,
): Promise<{ app: FastifyInstance; log: string[] }> {
  const log: string[] = [];
  const app = Fastify({ logger: { level: 'debug', stream: { write: (line: string) => log.push(line) } } });
  await app.register(resourceServer, options);
  app.get('/any', (request) => request.principal);
  app.post('/any', (request) => request.principal);
  app.get('/notes', { config: { access: { scopes: ['notes:read'] } } }, () => 'notes');
  app.get('/both', { config: { access: { scopes: ['notes:read', 'notes:write'] } } }, () => 'both');
  app.get('/admin', { config: { access: { scopes: ['notes:read'], roles: ['admin'] } } }, () => 'admin');
  app.get('/recent', { config: { access: { scopes: ['notes:read'], maxAge: 60 } } }, () => 'recent');
  app.get('/strong', { config: { access: { acr: ['urn:acr:otp', 'urn:acr:key'] } } }, () => 'strong');
  app.get('/both-ways', { config: { access: { acr: ['urn:acr:otp'], maxAge: 60 } } }, () => 'both');
  app.get('/open', { config: { access: 'public' } }, () => 'open');
  app.get('/open-but-curious', { config: { access: 'public' } }, (request) => request.principal);
  await app.ready();
  return { app, log };
}

/** Calls a route with a bearer token. */
export function call(app: FastifyInstance, token: string, url = '/any') {
  return app.inject({ url, headers: { authorization: `Bearer ${token}` } });
}
