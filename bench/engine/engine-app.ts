import { coatcheck } from '@coatcheck/bff';
import fastify, { type FastifyInstance } from 'fastify';

/**
 * The plugin without a listening server, for what is measured inside it: `app.coatcheck.parts` has its store and its
 * sessions. Its provider is never asked.
 *
 * @param key root key, base64url: whoever is to open the same sessions needs the same one
 */
export async function openEngine(storeUrl: string, key: string): Promise<FastifyInstance> {
  const app = fastify({ logger: false });
  await app.register(coatcheck, {
    publicUrl: 'http://127.0.0.1:3000',
    keys: [key],
    store: { url: storeUrl },
    providers: [
      {
        id: 'provider',
        issuer: 'http://127.0.0.1:1',
        clientId: 'bench',
        clientSecret: 'never-sent',
        logout: { hint: 'id_token_hint' },
      },
    ],
    routes: [],
  });
  await app.ready();
  return app;
}
