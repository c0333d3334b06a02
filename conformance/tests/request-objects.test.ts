import { generateKeyPairSync } from 'node:crypto';
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const key = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
);

describe.each([
  ['in the URL', 'off'],
  ['pushed', 'required'],
] as const)('a signed request %s', (_where, par) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig({
      as: { par, requestObjects: 'required' },
      config: { clientKeys: [key] },
      provider: { config: { claims: { id_token: { acr: { essential: true } } } } },
      routes: (upstream) => [
        { prefix: '/api', upstream: upstream.url, config: { resource: 'urn:one' } },
        { prefix: '/more', upstream: upstream.url, config: { resource: 'urn:two' } },
      ],
    });
    rig.as.client.jwksUri = `${rig.bff.url}${rig.bff.paths.jwks}`;
  });
  afterEach(() => rig.reset());
  afterAll(() => rig.close());

  requirement(
    'BFF-ADV-03',
    'says who asks and whom, for a minute, and nothing beside it contradicts',
    async () => {
      const jar = rig.jar();
      const login = rig.bff.loginPath({ returnTo: '/orders', more: { max_age: '600', prompt: 'login' } });
      const started = await jar.navigate(login, { site: 'same-origin' });
      const url = new URL(started.location ?? '');
      expect([...url.searchParams.keys()].sort()).toEqual(
        par === 'off' ? ['client_id', 'request'] : ['client_id', 'request_uri'],
      );
      const callback = await rig.as.authorize(url.href);
      const sent = par === 'off' ? url.searchParams : (rig.as.requestsOf('par')[0]?.form ?? url.searchParams);
      expect([...new Set(sent.keys())].sort()).toEqual(['client_id', 'request']);

      const object = sent.get('request') ?? '';
      expect(decodeProtectedHeader(object)).toMatchObject({ alg: 'ES256', typ: 'oauth-authz-req+jwt' });
      const keys = await (await jar.navigate(rig.bff.paths.jwks, { site: 'none' })).json();
      const { payload } = await jwtVerify(object, createLocalJWKSet(keys as { keys: [] }), {
        issuer: rig.as.client.clientId,
        audience: rig.as.issuer,
        currentDate: new Date((await now()) * 1_000),
      });
      const { clientId, clientSecret } = rig.as.client;
      expect(payload).toMatchObject({
        aud: rig.as.issuer,
        client_id: clientId,
        response_type: 'code',
        redirect_uri: `${rig.bff.url}${rig.bff.paths.callback('main')}`,
        code_challenge_method: 'S256',
        max_age: 600,
        prompt: 'login',
        resource: ['urn:one', 'urn:two'],
        claims: { id_token: { acr: { essential: true } } },
      });
      expect(payload.jti).toMatch(/^[\w-]{22,}$/);
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBeLessThanOrEqual(60);
      // What has no sub is no client assertion (RFC 9101 §10.8).
      expect(payload).not.toHaveProperty('sub');
      expect(JSON.stringify(payload)).not.toContain(clientSecret);
      expect(payload).not.toHaveProperty('client_secret');

      await rig.finish(jar, callback);
      expect((await rig.call(jar)).status).toBe(200);
    },
  );

  const now = async () => Math.floor(Date.now() / 1_000 + rig.as.settings.clockOffset);

  requirement('BFF-ADV-03', 'is another one at each sign-in', async () => {
    await rig.signIn(rig.jar());
    await rig.signIn(rig.jar());
    const states = rig.as.requestsOf('authorize').map(({ authorization }) => authorization?.get('state'));
    expect(new Set(states).size).toBe(2);
  });
});
