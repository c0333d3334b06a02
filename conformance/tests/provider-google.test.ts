import type { Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Google, googleAt, imitateGoogle } from '../imitations/google.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let plain: Rig;
let google: Google;
beforeAll(async () => {
  [rig, plain] = await Promise.all([startRig({ idleTimeout: 40_000, provider: googleAt() }), startRig()]);
});
beforeEach(() => {
  rig.reset();
  google = imitateGoogle(rig.as);
});
afterAll(async () => {
  await Promise.all([rig.close(), plain.close()]);
});

const asked = () => rig.as.requestsOf('authorize').at(-1)?.authorization;
const refreshes = () =>
  rig.as.requestsOf('token').filter(({ form }) => form.get('grant_type') === 'refresh_token');

async function problemOf(on: Rig, jar: Jar = on.jar()): Promise<string | null> {
  const answer = await on.finish(jar, await on.begin(jar));
  return answer.headers.get('coatcheck-problem');
}

requirement(
  'BFF-PROV-01',
  'the issuer is accepted with and without its scheme, and is the same person',
  async () => {
    const jar = await rig.signedIn();
    google.withoutScheme = true;
    const again = await rig.signedIn();
    expect(await rig.session(again)).toMatchObject({ authenticated: true });
    // Both are sessions of one subject: ended together.
    await rig.bff.endSubject(rig.as.issuer, rig.as.settings.user.sub);
    expect(await rig.session(jar)).toMatchObject({ authenticated: false, reason: 'revoked' });
    expect(await rig.session(again)).toMatchObject({ authenticated: false, reason: 'revoked' });
    expect(rig.as.requestsOf('token')).toHaveLength(2);
  },
);

requirement(
  'BFF-PROV-01',
  'a refreshed ID token may name the issuer without its scheme too, and nothing is sent twice',
  async () => {
    const jar = await rig.signedIn();
    google.withoutScheme = true;
    await rig.advance(3_590);
    expect((await rig.call(jar)).status).toBe(200);
    expect(refreshes()).toHaveLength(1);
  },
);

requirement(
  'BFF-ADV-05',
  'tokens bound to a key: a nonce that is asked for, in either spelling, at sign-in and at refresh',
  async () => {
    const bound = await startRig({
      idleTimeout: 40_000,
      as: { dpop: 'required' },
      provider: googleAt({ dpop: 'required' }),
    });
    const there = imitateGoogle(bound.as);
    try {
      for (const withoutScheme of [false, true]) {
        Object.assign(there, { withoutScheme, hasConsented: false });
        bound.as.settings.dpopNonce = `first-${withoutScheme}`;
        const jar = await bound.signedIn();
        expect((await bound.call(jar)).status).toBe(200);
        there.withoutScheme = !withoutScheme;
        bound.as.settings.dpopNonce = `second-${withoutScheme}`;
        await bound.advance(3_590);
        bound.as.clearRecords();
        expect((await bound.call(jar)).status).toBe(200);
        // The one that was challenged, and the one with the nonce.
        expect(bound.as.requestsOf('token')).toHaveLength(2);
        expect(await bound.session(jar)).toMatchObject({ authenticated: true });
      }
    } finally {
      await bound.close();
    }
  },
);

requirement('BFF-PROV-01', 'no other issuer is accepted, with or without a scheme', async () => {
  for (const iss of ['accounts.evil.test', `${rig.as.issuer}/`, `http://${rig.as.issuer}`, '']) {
    const off = rig.as.change('idToken', 'once', ({ claims }) => {
      claims.iss = iss;
    });
    expect(await problemOf(rig), iss).toBe('id_token_invalid');
    off();
  }
});

requirement('BFF-PROV-01', 'no other profile is that lenient', async () => {
  plain.as.change('idToken', 'once', ({ claims }) => {
    claims.iss = plain.as.issuer.replace('http://', '');
  });
  expect(await problemOf(plain)).toBe('id_token_invalid');
});

requirement(
  'BFF-PROV-01',
  'an answer that came from another issuer is refused in either spelling',
  async () => {
    google.withoutScheme = true;
    const jar = rig.jar();
    const callback = new URL(await rig.begin(jar));
    callback.searchParams.set('iss', 'https://evil.test');
    const answer = await rig.finish(jar, callback.href);
    expect(answer.headers.get('coatcheck-problem')).toBe('issuer_mismatch');
    expect(rig.as.requestsOf('token')).toHaveLength(0);
  },
);

requirement('BFF-PROV-02', 'offline access is asked for by access_type, never by a scope', async () => {
  const jar = await rig.signedIn();
  expect(asked()?.get('access_type')).toBe('offline');
  expect(asked()?.get('scope')?.split(' ')).toEqual(['openid', 'profile', 'email']);
  await rig.advance(3_590);
  expect((await rig.call(jar)).status).toBe(200);
  expect(refreshes()).toHaveLength(1);
});

requirement(
  'BFF-PROV-02',
  'consent is asked for again where the configuration wants a refresh token at every sign-in',
  async () => {
    const wanting = await startRig({
      provider: googleAt({ authorizationParameters: { prompt: 'consent' } }),
    });
    const other = imitateGoogle(wanting.as);
    other.hasConsented = true;
    const jar = await wanting.signedIn();
    await wanting.advance(1_700);
    await jar.fetch(wanting.bff.paths.extend, { method: 'POST' });
    await wanting.advance(1_790);
    await jar.fetch(wanting.bff.paths.extend, { method: 'POST' });
    await wanting.advance(100);
    expect((await wanting.call(jar)).status).toBe(200);
    await wanting.close();
  },
);

requirement(
  'BFF-PROV-03',
  'a second sign-in without a refresh token works until its access token ends',
  async () => {
    google.hasConsented = true;
    const jar = await rig.signedIn();
    expect((await rig.call(jar)).status).toBe(200);
    const { expiresIn } = await rig.session(jar);
    expect(expiresIn).toBeLessThanOrEqual(3_599);
    expect(expiresIn).toBeGreaterThan(3_590);
    await rig.advance(3_580);
    expect((await rig.call(jar)).status).toBe(200);
    await rig.advance(30);
    const answer = await rig.call(jar);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('coatcheck-problem')).toBe('session_required');
    expect(refreshes()).toHaveLength(0);
  },
);

requirement(
  'BFF-PROV-11',
  'Google: signing out on one device leaves the grant, and the other device goes on',
  async () => {
    const one = await rig.signedIn();
    google.hasConsented = false;
    const other = await rig.signedIn();
    const signedOut = await one.fetch(rig.bff.paths.logout, { method: 'POST' });
    expect(await signedOut.json()).toEqual({ redirectTo: null });
    await rig.advance(3_590);
    expect((await rig.call(other)).status).toBe(200);
    expect(refreshes()).toHaveLength(1);
    expect(rig.as.hits('revocation')).toBe(0);
  },
);
