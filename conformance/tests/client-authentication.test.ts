import { generateKeyPairSync } from 'node:crypto';
import type { AuthorizationServerOptions, ClientAuthenticationMethod, Endpoint } from '@coatcheck/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Every kind of request that the BFF makes in the client's name. */
const backChannel: readonly Endpoint[] = ['par', 'token', 'revocation'];

/** A sign-in, a refresh and a sign-out: all requests of the back channel. */
async function wholeLife(rig: Rig): Promise<void> {
  const jar = await rig.signedIn();
  await rig.advance(rig.as.settings.accessTokenLifetime + 60);
  expect((await rig.call(jar)).status).toBe(200);
  expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
  await expect.poll(() => rig.as.hits('revocation')).toBe(1);
}

function callsOf(rig: Rig) {
  return backChannel.flatMap((endpoint) => rig.as.requestsOf(endpoint));
}

/** One method of authentication, with nothing left over of another. */
function expectOneMethod(rig: Rig, method: ClientAuthenticationMethod): void {
  const calls = callsOf(rig);
  expect(new Set(calls.map(({ endpoint }) => endpoint))).toEqual(new Set(backChannel));
  expect(rig.as.hits('token')).toBe(2);
  for (const { client, form, headers } of calls) {
    expect(client).toMatchObject({ method, clientId: rig.as.client.clientId });
    const signs = [
      headers.authorization !== undefined,
      form.has('client_secret'),
      form.has('client_assertion'),
    ].filter(Boolean);
    expect(signs).toHaveLength(method === 'none' ? 0 : 1);
    for (const name of new Set(form.keys())) expect(form.getAll(name)).toHaveLength(1);
  }
}

async function startWith(
  method: ClientAuthenticationMethod,
  clientSecret: string,
  provider: Readonly<Record<string, unknown>> = {},
  as: AuthorizationServerOptions = {},
): Promise<Rig> {
  return startRig({
    as: { par: 'required', clientAuthentication: [method], client: { clientId: 'a b', clientSecret }, ...as },
    provider: { config: { clientAuthentication: method, ...provider } },
  });
}

// Long enough to sign with, and full of what form-encoding changes.
const secret = 'a:b%+&é-and-more-of-it-up-to-32-bytes';

describe.each([
  ['client_secret_basic', {}],
  ['client_secret_post', {}],
  ['client_secret_jwt', {}],
  ['none', { clientSecret: undefined, insecurePublicClient: true }],
] as const)('%s', (method, provider) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startWith(method, secret, provider);
  });
  afterAll(() => rig.close());

  requirement(
    'BFF-CAUTH-01',
    `${method} alone proves who calls, at each endpoint of the back channel`,
    async () => {
      await wholeLife(rig);
      expectOneMethod(rig, method);
      // What was sent in the clear came out as it is, whatever it is made of.
      const told = callsOf(rig).map(({ client }) => client?.clientSecret);
      const isSent = method === 'client_secret_basic' || method === 'client_secret_post';
      expect(new Set(told)).toEqual(new Set([isSent ? secret : undefined]));
      expect(rig.bff.log()).not.toContain(secret);
    },
  );

  if (method === 'none') {
    requirement('BFF-CAUTH-01', 'a public client is told of in the log', () => {
      expect(rig.bff.log()).toContain('insecurePublicClient');
    });
  }
});

describe('private_key_jwt', () => {
  const keys = ['es256', 'ed25519'].map((kind) => {
    const pair =
      kind === 'es256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
    return {
      pem: String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      x: pair.publicKey.export({ format: 'jwk' }).x,
      d: pair.privateKey.export({ format: 'jwk' }).d ?? '',
    };
  });
  const [old, fresh] = keys;
  const order = (...pems: (string | undefined)[]) => ({
    clientKeys: pems.filter((pem) => pem !== undefined),
  });

  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({
      as: { par: 'required', clientAuthentication: ['private_key_jwt'] },
      provider: { config: { clientAuthentication: 'private_key_jwt', clientSecret: undefined } },
      config: order(old?.pem),
    });
    rig.as.client.jwksUri = `${rig.bff.url}${rig.bff.paths.jwks}`;
  });
  afterEach(() => rig.reset());
  afterAll(() => rig.close());

  const assertions = () => callsOf(rig).map(({ form }) => form.get('client_assertion') ?? '');

  async function published(): Promise<Record<string, unknown>[]> {
    const answer = await rig.jar().navigate(rig.bff.paths.jwks, { site: 'none' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d+$/);
    const text = await answer.text();
    for (const { d } of keys) expect(text).not.toContain(d);
    const { keys: found } = JSON.parse(text);
    for (const key of found) expect(Object.keys(key)).not.toContain('d');
    return found;
  }

  requirement(
    ['BFF-CAUTH-01', 'BFF-CAUTH-02'],
    'every assertion names client and issuer, is short-lived and its own',
    async () => {
      await wholeLife(rig);
      expectOneMethod(rig, 'private_key_jwt');
      const { clientId } = rig.as.client;
      const [key] = await published();
      for (const assertion of assertions()) {
        expect(decodeProtectedHeader(assertion)).toMatchObject({ alg: 'ES256', kid: key?.kid });
        const { iss, sub, aud, exp = 0, iat = 0, nbf = 0 } = decodeJwt(assertion);
        expect({ iss, sub, aud }).toEqual({ iss: clientId, sub: clientId, aud: rig.as.issuer });
        expect(exp - Math.min(iat, nbf)).toBeLessThanOrEqual(60);
      }
      const ids = assertions().map((assertion) => decodeJwt(assertion).jti);
      expect(ids.every((id) => typeof id === 'string' && id.length >= 22)).toBe(true);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  requirement('BFF-CAUTH-02', 'a new key is published before it signs, and the old one after', async () => {
    await rig.bff.restart({ config: order(old?.pem, fresh?.pem) });
    const announced = await published();
    expect(announced.map(({ x }) => x)).toEqual([old?.x, fresh?.x]);
    await rig.signIn(rig.jar());
    await rig.bff.restart({ config: order(fresh?.pem, old?.pem) });
    expect((await published()).map(({ kid }) => kid)).toEqual(announced.map(({ kid }) => kid).reverse());
    await rig.signIn(rig.jar());
    const headers = rig.as
      .requestsOf('token')
      .map(({ form }) => decodeProtectedHeader(form.get('client_assertion') ?? ''));
    expect(headers.map(({ kid }) => kid)).toEqual(announced.map(({ kid }) => kid));
    expect(headers.map(({ alg }) => alg)).toEqual(['ES256', 'EdDSA']);
  });

  requirement('BFF-CAUTH-02', 'neither a key nor an assertion is in the log', async () => {
    await rig.signIn(rig.jar());
    for (const text of [...keys.map(({ d }) => d), ...assertions(), 'PRIVATE KEY']) {
      expect(rig.bff.log()).not.toContain(text);
    }
  });
});
