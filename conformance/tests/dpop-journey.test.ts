import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Idp, startIdp } from '@coatcheck/demo-idp';
import { resourceServer } from '@coatcheck/resource-server';
import type { Jar } from '@coatcheck/testing';
import { type FastifyInstance, fastify } from 'fastify';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Bff } from '../adapters/adapter.ts';
import { chosenAdapter } from '../adapters/chosen.ts';
import { signInAtDemo } from '../evidence/demo-sign-in.ts';
import { requirement } from '../requirement.ts';

/** Nothing here is ours to script: oidc-provider binds the tokens, and the plugin for APIs asks for proofs and nonces. */
const audience = 'urn:coatcheck:demo-api';
const lifetimes = { accessToken: 20, refreshToken: 3_600 };

let folder: string;
let idp: Idp;
let api: FastifyInstance;
let bff: Bff;
const challenges: string[] = [];
const seen: { scheme: string; token: string; proof: string }[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'dpop-journey-'));
  const options = { host: '127.0.0.1', dataDirectory: folder, apiAudience: audience, lifetimes };
  // The BFF must know the provider and the provider the BFF: the first run gives address and secret.
  const first = await startIdp({ ...options, port: 0, publicUrl: 'http://localhost:3000' });
  await first.close();

  api = fastify({ forceCloseConnections: true });
  api.addHook('onRequest', async ({ headers }) => {
    const [scheme = '', token = ''] = (headers.authorization ?? '').split(' ');
    seen.push({ scheme, token, proof: String(headers.dpop) });
  });
  api.addHook('onSend', async (_request, reply) => {
    const challenge = reply.getHeader('www-authenticate');
    if (challenge !== undefined) challenges.push(String(challenge));
  });
  await api.register(resourceServer, {
    issuer: first.issuer,
    audience,
    dpop: { mode: 'required', nonce: true },
  });
  api.route({
    method: ['GET', 'POST'],
    url: '/api/notes',
    handler: async (request) => ({ method: request.method, query: request.query }),
  });
  await api.listen({ port: 0, host: '127.0.0.1' });
  const { port } = api.server.address() as AddressInfo;

  bff = await (await chosenAdapter()).start({
    providers: [
      {
        id: 'demo',
        issuer: first.issuer,
        clientId: first.clientId,
        clientSecret: first.clientSecret,
        scopes: ['openid', 'profile', 'offline_access', 'notes:read'],
        config: { dpop: 'required' },
      },
    ],
    routes: [{ prefix: '/api', upstream: `http://127.0.0.1:${port}`, config: { resource: audience } }],
  });
  idp = await startIdp({ ...options, port: Number(new URL(first.issuer).port), publicUrl: bff.url });
  // It started while the provider was away, and asks again after a pause.
  await vi.waitFor(
    async () => {
      const started = await bff.jar().navigate(bff.loginPath(), { site: 'same-origin' });
      expect(started.status).toBe(302);
    },
    { timeout: 10_000, interval: 100 },
  );
});
afterAll(async () => {
  await bff?.close();
  await api?.close();
  await idp?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(): Promise<Jar> {
  const jar = bff.jar();
  const started = await jar.navigate(bff.loginPath(), { site: 'same-origin' });
  const callback = await signInAtDemo(started.location ?? '');
  const answer = await jar.navigate(callback, { site: 'cross-site' });
  expect(answer.status).toBe(303);
  return jar;
}

requirement(
  ['BFF-ADV-04', 'BFF-ADV-05'],
  'from a real provider to an API that takes nothing but proven tokens, through refreshes',
  async () => {
    const jar = await signedIn();
    const first = await jar.fetch('/api/notes?page=2');
    expect([first.status, await first.json()]).toEqual([200, { method: 'GET', query: { page: '2' } }]);
    expect(challenges).toHaveLength(1);
    expect(challenges[0]).toContain('use_dpop_nonce');
    for (let call = 0; call < 5; call += 1) {
      expect((await jar.fetch('/api/notes', { method: 'POST', json: { call } })).status).toBe(200);
    }
    expect(challenges).toHaveLength(1);
    const before = seen.at(-1)?.token;
    // Of the BFF alone; the others go by the real clock, and bear with one that is so far ahead.
    await bff.advance(18_000);
    expect((await jar.fetch('/api/notes')).status).toBe(200);
    expect(seen.at(-1)?.token).not.toBe(before);
    expect(new Set(seen.map(({ scheme }) => scheme))).toEqual(new Set(['DPoP']));
  },
);

requirement('BFF-ADV-04', 'what was on the wire opens nothing for anybody else', async () => {
  const jar = await signedIn();
  expect((await jar.fetch('/api/notes')).status).toBe(200);
  const { token, proof } = seen.at(-1) ?? { token: '', proof: '' };
  const url = '/api/notes';
  const replayed = { authorization: `DPoP ${token}`, dpop: proof };
  expect((await api.inject({ url, headers: replayed })).statusCode).toBe(401);
  expect((await api.inject({ url, headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(401);
});
