import resourceServer, { principalKey } from '@coatcheck/resource-server';
import Fastify from 'fastify';

// An ordinary API: it knows nothing of sessions or cookies, and takes access tokens of one issuer for itself alone.
const {
  PORT = '9310',
  HOST = '127.0.0.1',
  ISSUER = 'http://127.0.0.1:9410',
  AUDIENCE = 'https://api.example',
} = process.env;

const app = Fastify({ logger: { level: 'warn' } });
await app.register(resourceServer, { issuer: ISSUER, audience: AUDIENCE });

interface Note {
  readonly id: number;
  readonly text: string;
}

/** By person. Put a database here. */
const notes = new Map<string, Note[]>();

app.get('/api/notes', (request) => notes.get(principalKey(request.principal)) ?? []);

app.post<{ Body: { text: string } }>(
  '/api/notes',
  {
    schema: {
      body: {
        type: 'object',
        required: ['text'],
        additionalProperties: false,
        properties: { text: { type: 'string', minLength: 1, maxLength: 200 } },
      },
    },
  },
  (request, reply) => {
    const owner = principalKey(request.principal);
    const own = notes.get(owner) ?? [];
    const note = { id: own.length + 1, text: request.body.text };
    notes.set(owner, [...own, note]);
    return reply.code(201).send(note);
  },
);

app.get('/health', { config: { access: 'public' } }, () => 'ok');

await app.listen({ port: Number(PORT), host: HOST });
