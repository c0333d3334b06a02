import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import { type Rig, startRig } from './rig.ts';

const newKey = (namedCurve = 'P-256') =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' });
const privateJwk = (key: ReturnType<typeof newKey>) => ({ ...key, kty: key.kty ?? '' });

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.close();
  rig = undefined;
});

async function publishedKeys(url: string): Promise<Record<string, string>[]> {
  const answer = await fetch(`${url}/bff/jwks`);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('application/jwk-set+json');
  expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
  const { keys } = JSON.parse(await answer.text());
  return keys;
}

describe('private_key_jwt', () => {
  it('BFF-CAUTH-02: signs with the first key, and publishes all without their private members', async () => {
    const [old, fresh] = [privateJwk(newKey()), privateJwk(newKey())];
    rig = await startRig({ clientKeys: [old, fresh] }, {}, [], { clientAuthentication: 'private_key_jwt' });
    rig.as.settings.clientAuthentication = ['private_key_jwt'];
    const keys = await publishedKeys(rig.url);
    expect(keys.map(({ x }) => x)).toEqual([old.x, fresh.x]);
    expect(JSON.stringify(keys)).not.toContain('"d"');
    rig.as.client.jwks = { keys: keys.map((key) => ({ ...key, kty: key.kty ?? '' })) };

    await rig.signIn(rig.browser());
    const [{ form } = { form: new URLSearchParams() }] = rig.as.requestsOf('token');
    const assertion = form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'ES256', kid: keys[0]?.kid });
    const { iss, sub, aud, exp = 0, iat = 0, jti } = decodeJwt(assertion);
    expect([iss, sub, aud]).toEqual([rig.as.client.clientId, rig.as.client.clientId, rig.as.issuer]);
    expect(exp - iat).toBeLessThanOrEqual(60);
    expect(jti).toMatch(/^[\w-]{22,}$/);
  });

  it('passes over keys whose algorithm the provider does not accept', async () => {
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
    const clientKeys = [privateJwk(ed25519), privateJwk(newKey())];
    rig = await startRig({ clientKeys }, {}, [], { clientAuthentication: 'private_key_jwt' });
    rig.as.change('metadata', 'always', (metadata) => {
      metadata.token_endpoint_auth_signing_alg_values_supported = ['PS256', 'ES256'];
    });
    rig.as.settings.clientAuthentication = ['private_key_jwt'];
    const keys = await publishedKeys(rig.url);
    rig.as.client.jwks = { keys: keys.map((key) => ({ ...key, kty: key.kty ?? '' })) };
    await rig.signIn(rig.browser());
    const assertion = rig.as.requestsOf('token')[0]?.form.get('client_assertion') ?? '';
    expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'ES256', kid: keys[1]?.kid });
  });

  it('has an empty key set where there are no keys', async () => {
    rig = await startRig();
    expect(await publishedKeys(rig.url)).toEqual([]);
  });
});
