import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type AuthorizationServer, startAuthorizationServer } from '@coatcheck/testing';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClientKey } from '../src/options/keys/client-keys.ts';
import { parseOptions } from '../src/options/settings.ts';
import { createProvider } from '../src/provider/create.ts';
import type { ProviderFailure } from '../src/provider/failure.ts';

const publicUrl = 'https://app.example';
const pem = (key: KeyObject) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const ed25519 = pem(generateKeyPairSync('ed25519').privateKey);
const p256 = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey);

let as: AuthorizationServer;
beforeAll(async () => {
  as = await startAuthorizationServer({ clientAuthentication: ['private_key_jwt'] });
});
afterAll(() => as.close());

interface Tried {
  readonly keys: readonly ClientKey[];
  readonly failure?: ProviderFailure;
  readonly assertion?: string;
  readonly object?: string;
}

/** A sign-in at a provider that accepts these algorithms alone. */
async function signIn(
  accepted: string[],
  clientKeys: string[],
  signedRequests: 'always' | 'never' = 'never',
): Promise<Tried> {
  const { providers, clientKeys: keys } = parseOptions({
    publicUrl,
    keys: ['X3Vw6mN0pQ2rS4tU6vW8xY0zA1bC3dE5fG7hI9jK-Lk'],
    store: { url: 'memory:' },
    clientKeys,
    providers: [
      {
        id: 'main',
        issuer: as.issuer,
        clientId: as.client.clientId,
        clientAuthentication: 'private_key_jwt',
        signedRequests,
      },
    ],
  });
  const [settings] = providers;
  if (settings === undefined) throw new Error('no provider');
  as.reset();
  as.clearRecords();
  as.client.jwks = { keys: keys.map(({ publicJwk }) => ({ ...publicJwk, kty: publicJwk.kty ?? '' })) };
  as.change('metadata', 'always', (metadata) => {
    metadata.token_endpoint_auth_signing_alg_values_supported = accepted;
    metadata.request_object_signing_alg_values_supported = accepted;
  });
  const provider = createProvider(settings, { now: Date.now, fetch });
  const secrets = { state: 's'.repeat(22), nonce: 'n'.repeat(22), codeVerifier: 'v'.repeat(43) };
  const started = await provider.authorizationUrl({
    ...secrets,
    redirectUri: `${publicUrl}/bff/callback/main`,
    scopes: settings.scopes,
    extra: {},
    dpopKey: null,
  });
  if (!started.ok) return { failure: started.failure, keys };
  const callback = new URL(await as.authorize(started.value.href));
  const done = await provider.exchange(callback, { ...secrets, maxAge: null, acrValues: [], dpopKey: null });
  return {
    keys,
    ...(done.ok ? {} : { failure: done.failure }),
    assertion: as.requestsOf('token')[0]?.form.get('client_assertion') ?? '',
    object: started.value.searchParams.get('request') ?? '',
  };
}

describe('the key that signs', () => {
  it.each([
    ['the first that the provider accepts', ['PS256', 'ES256'], 'ES256', 1],
    ['Ed25519 by the name that the provider knows', ['Ed25519', 'ES256'], 'Ed25519', 0],
    ['Ed25519 by its older name where both are known', ['EdDSA', 'Ed25519'], 'EdDSA', 0],
    ['RSA by PS256', ['RS256', 'PS256'], 'PS256', 2],
    ['RSA by RS256 where nothing better is offered', ['RS256', 'RS512'], 'RS256', 2],
  ])('BFF-CAUTH-02: is %s', async (_what, accepted, alg, index) => {
    const {
      failure,
      assertion = '',
      object = '',
      keys,
    } = await signIn(accepted, [ed25519, p256, rsa], 'always');
    // The server checks both signatures, with the keys as they are published.
    expect(failure).toBeUndefined();
    for (const signed of [assertion, object]) {
      expect(decodeProtectedHeader(signed)).toMatchObject({ alg, kid: keys[index]?.kid });
    }
  });

  it('is none where none fits: nothing is sent, and the reason is told', async () => {
    const { failure } = await signIn(['PS256'], [ed25519]);
    expect(failure).toEqual({
      kind: 'misconfigured',
      detail: 'no key of clientKeys signs with what the provider accepts: PS256',
    });
    expect(as.hits('token')).toBe(0);
  });
});
