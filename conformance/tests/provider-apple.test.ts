import { generateKeyPairSync } from 'node:crypto';
import type { AuthorizeResult, Jar } from '@coatcheck/testing';
import { jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clientSecretKey = {
  teamId: 'TEAM123456',
  keyId: 'KEY1234567',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    provider: { config: { profile: 'apple', clientSecret: undefined, clientSecretKey } },
  });
});
const secrets: string[] = [];
beforeEach(() => {
  rig.reset();
  secrets.length = 0;
  // Apple knows the key; the scriptable server knows a secret.
  rig.as.on('token', 'always', ({ request }, next) => {
    secrets.push(request.form.get('client_secret') ?? '');
    request.form.set('client_secret', rig.as.client.clientSecret);
    return next();
  });
});
afterAll(() => rig.close());

async function answered(jar: Jar): Promise<AuthorizeResult & { kind: 'form' }> {
  const started = await jar.navigate(rig.bff.loginPath(), { site: 'same-origin' });
  const result = await rig.as.open(started.location ?? '');
  if (result.kind !== 'form') throw new Error(`no form post but a ${result.kind}`);
  return result;
}

async function post(jar: Jar, { action, form }: AuthorizeResult & { kind: 'form' }, more = {}) {
  const body = new URLSearchParams({ ...Object.fromEntries(form), ...more });
  return jar.navigate(action, { method: 'POST', body, site: 'cross-site' });
}

requirement('BFF-CAUTH-01', 'Apple: the client secret is a short JWT, new for each request', async () => {
  for (const _ of [1, 2]) {
    const jar = rig.jar();
    expect((await post(jar, await answered(jar))).status).toBe(303);
  }
  expect(new Set(secrets).size).toBe(2);
  const { payload, protectedHeader } = await jwtVerify(secrets[0] ?? '', publicKey, {
    issuer: 'TEAM123456',
    subject: rig.as.client.clientId,
    audience: rig.as.issuer,
  });
  expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'KEY1234567' });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
});

requirement(
  'BFF-CB-12',
  'Apple: the name comes once, with the answer, and nothing else of that is believed',
  async () => {
    rig.as.settings.profileInIdToken = false;
    rig.as.change('idToken', 'always', ({ claims }) => {
      Object.assign(claims, { email: 'real@private.test', email_verified: 'true' });
    });
    const user = JSON.stringify({
      name: { firstName: 'Ann', lastName: 'Apple' },
      email: 'evil@evil.test',
      sub: 'somebody-else',
      roles: ['admin'],
    });
    const jar = rig.jar();
    await post(jar, await answered(jar), { user });
    expect(await rig.session(jar)).toMatchObject({
      user: {
        sub: rig.as.settings.user.sub,
        name: 'Ann Apple',
        given_name: 'Ann',
        family_name: 'Apple',
        email: 'real@private.test',
        email_verified: true,
      },
      roles: [],
    });

    const again = rig.jar();
    await post(again, await answered(again));
    const view = await rig.session(again);
    expect(view).toMatchObject({ authenticated: true });
    expect(view.user).not.toHaveProperty('name');
    rig.as.settings.profileInIdToken = true;
  },
);

requirement('BFF-CB-12', 'Apple: a name that is no JSON is left out', async () => {
  const jar = rig.jar();
  expect((await post(jar, await answered(jar), { user: '{"name":' })).status).toBe(303);
});
