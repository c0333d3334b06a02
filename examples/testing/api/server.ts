import resourceServer, { principalKey } from '@coatcheck/resource-server';
import Fastify, { type FastifyInstance } from 'fastify';

/** An ordinary API: it takes access tokens of one issuer for itself alone, and knows nothing of sessions. */
export async function buildApi(issuer: string, audience: string): Promise<FastifyInstance> {
  const app = Fastify();
  await app.register(resourceServer, { issuer, audience });
  const notes = new Map<string, string[]>();

  app.get('/api/notes', (request) => notes.get(principalKey(request.principal)) ?? []);

  app.post<{ Body: { text: string } }>(
    '/api/notes',
    { schema: { body: { type: 'object', required: ['text'], properties: { text: { type: 'string' } } } } },
    (request) => {
      const owner = principalKey(request.principal);
      const own = [...(notes.get(owner) ?? []), request.body.text];
      notes.set(owner, own);
      return own;
    },
  );
  return app;
}
