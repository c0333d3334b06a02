import { resourceServer } from '@coatcheck/resource-server';
import { type AuthorizationServer, startAuthorizationServer } from '@coatcheck/testing';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, expect } from 'vitest';
import { advisory } from '../requirement.ts';

/** An API of its own: where tokens do come from outside. The BFF takes none (advisory 67). */
let as: AuthorizationServer;
let api: FastifyInstance;
const audience = 'https://api.example.test';
beforeAll(async () => {
  as = await startAuthorizationServer({ signingAlgorithm: 'ES256' });
  api = fastify();
  await api.register(resourceServer, { issuer: as.issuer, audience });
  api.get('/notes', async () => ({ notes: [] }));
});
afterAll(async () => {
  await api.close();
  await as.close();
});

async function statusWith(claims: Record<string, unknown>): Promise<number> {
  const token = await as.issueAccessToken({ audience, claims });
  const answer = await api.inject({ url: '/notes', headers: { authorization: `Bearer ${token}` } });
  return answer.statusCode;
}

advisory(32, [], 'a bearer token must say for whom it is, from whom, and how long', async () => {
  expect(await statusWith({})).toBe(200);
  const now = Math.floor(Date.now() / 1_000);
  for (const claims of [
    { aud: undefined },
    { aud: [] },
    { aud: 'https://other.example.test' },
    { aud: `${audience}/` },
    { iss: undefined },
    { iss: 'https://evil.test' },
    { iss: `${as.issuer}/` },
    { exp: undefined },
    { exp: null },
    { exp: String(now + 300) },
    { exp: now - 60 },
  ]) {
    expect(await statusWith(claims), JSON.stringify(claims)).toBe(401);
  }
});
