import { createServer, type Server } from 'node:http';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { type ClientMetadata, Provider } from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IntrospectionAuthentication, IntrospectionOptions } from '../src/index.ts';
import { buildApi } from './support/api.ts';
import { audience, portOf } from './support/authorization-server.ts';
import { makeKeyHolder } from './support/proofs.ts';

const publicUrl = 'https://api.example.test';
const secret = 'a secret: with + and %';

let server: Server;
let provider: Provider;
let apiKey: JWK;

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' };
}

beforeAll(async () => {
  server = createServer((request, response) => provider.callback()(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiKey = await newKey();
  const { d: _d, ...publicKey } = apiKey;
  const api: ClientMetadata = {
    client_id: 'api',
    client_secret: secret,
    redirect_uris: [],
    response_types: [],
    grant_types: [],
  };
  provider = new Provider(`http://127.0.0.1:${portOf(server.address())}`, {
    clients: [
      {
        client_id: 'spa',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['https://spa.test/callback'],
      },
      { ...api, client_id: 'basic' },
      { ...api, client_id: 'post', token_endpoint_auth_method: 'client_secret_post' },
      {
        ...api,
        client_id: 'key',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [publicKey] },
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256', introspection_signed_response_alg: 'ES256' },
    jwks: { keys: [await newKey()] },
    cookies: { keys: ['only-for-tests'] },
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: { introspectionSigningAlgValues: ['ES256'], clientAuthSigningAlgValues: ['ES256'] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true, allowedPolicy: async () => true },
      jwtIntrospection: { enabled: true },
      dPoP: { enabled: true },
    },
  });
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
});

/** Issues an opaque access token as the provider's token endpoint would. */
async function issue({ aud = audience, jkt }: { aud?: string; jkt?: string } = {}) {
  const client = await provider.Client.find('spa');
  if (client === undefined) throw new Error('no client');
  const grant = new provider.Grant({ accountId: 'alice', clientId: 'spa' });
  const token = new provider.AccessToken({
    accountId: 'alice',
    client,
    grantId: await grant.save(),
    scope: 'notes:read',
    gty: 'authorization_code',
    expiresIn: 300,
    aud,
    ...(jkt !== undefined && { jkt }),
  });
  return { value: await token.save(), destroy: () => token.destroy() };
}

async function startApi(introspection: IntrospectionOptions) {
  const { app, log } = await buildApi({
    issuer: provider.issuer,
    audience,
    dpop: 'allowed',
    publicUrl,
    introspection: { cache: { maxAge: 0 }, ...introspection },
  });
  const status = async (token: string) =>
    (await app.inject({ url: '/notes', headers: { authorization: `Bearer ${token}` } })).statusCode;
  return { app, log, status };
}

describe('BFF-RS-10: oidc-provider, which we did not write', () => {
  const clients: [string, () => IntrospectionAuthentication][] = [
    ['basic', () => ({ method: 'client_secret_basic', secret })],
    ['post', () => ({ method: 'client_secret_post', secret })],
    ['key', () => ({ method: 'private_key_jwt', key: apiKey })],
  ];

  it.each(clients)('plain answers, as client %s', async (clientId, authentication) => {
    const { app, status } = await startApi({ clientId, authentication: authentication() });
    const token = await issue();
    expect(await status(token.value)).toBe(200);
    expect(await status('no such token')).toBe(401);
    expect(await status((await issue({ aud: 'urn:example:other' })).value)).toBe(401);
    await token.destroy();
    expect(await status(token.value)).toBe(401);
    await app.close();
  });

  it.each(clients)('signed answers (RFC 9701), as client %s', async (clientId, authentication) => {
    const { app, status, log } = await startApi({
      clientId,
      authentication: authentication(),
      signedResponses: true,
    });
    const token = await issue();
    expect(await status(token.value)).toBe(200);
    await token.destroy();
    expect(await status(token.value)).toBe(401);
    expect(log.join('')).toContain('the token is not active');
    await app.close();
  });

  it('the wrong secret: 503, and the log says why', async () => {
    const authentication = { method: 'client_secret_basic', secret: 'wrong' } as const;
    const { app, status, log } = await startApi({ clientId: 'basic', authentication });
    expect(await status((await issue()).value)).toBe(503);
    expect(log.join('')).toMatch(/invalid_client|status 401/);
    await app.close();
  });

  it('an opaque token bound to a DPoP key needs a proof (BFF-RS-07)', async () => {
    const authentication = { method: 'client_secret_basic', secret } as const;
    const { app, status } = await startApi({ clientId: 'basic', authentication });
    const { thumbprint, proof } = await makeKeyHolder();
    const { value: token } = await issue({ jkt: thumbprint });
    const dpop = await proof({ token, uri: `${publicUrl}/notes` });
    const headers = { authorization: `DPoP ${token}`, dpop };
    expect((await app.inject({ url: '/notes', headers })).statusCode).toBe(200);
    expect(await status(token)).toBe(401);
    await app.close();
  });
});
