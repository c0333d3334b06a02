import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { newestRefreshToken, postLogoutToken, revoked } from '../endings/logout-token.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances; a session of the first provider may have an account of the other one too. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    second: { signingAlgorithm: 'ES256' },
    routes: ({ url }) => [
      { prefix: '/api', upstream: url, provider: 'first' },
      { prefix: '/other-api', upstream: url, provider: 'other' },
    ],
  });
});
afterEach(() => {
  delete rig.otherAs.settings.sid;
  rig.otherAs.settings.accessTokenLifetime = 300;
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

/** Starts to connect an account and stops at the provider's answer. */
async function begin(jar: Jar, sub: string): Promise<string> {
  const answer = await jar.fetch(rig.bff.paths.connection('other'), { method: 'POST', json: {} });
  const body: unknown = await answer.json();
  const redirectTo = typeof body === 'object' && body !== null && 'redirectTo' in body ? body.redirectTo : '';
  return rig.otherAs.authorize(String(redirectTo), { user: { sub } });
}

async function connected(sub: string): Promise<Jar> {
  const jar = await rig.signedIn({ provider: 'first' });
  expect((await rig.finish(jar, await begin(jar, sub))).status).toBe(303);
  expect(await rig.session(jar)).toMatchObject({ connections: ['first', 'other'] });
  return jar;
}

/** Both instances serve the session without its other account, and each has seen it before. */
async function expectDisconnected(jar: Jar): Promise<void> {
  for (const instance of [0, 1]) {
    rig.bff.pin(instance);
    const started = performance.now();
    while ((await jar.fetch('/other-api/x')).status !== 403)
      expect(performance.now() - started).toBeLessThan(1_000);
    expect((await jar.fetch('/api/x')).status).toBe(200);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true, connections: ['first'] });
  }
  rig.bff.pin(undefined);
}

requirement(
  'BFF-SESS-01',
  'an account that is connected gives the session a new cookie, and the old one opens nothing',
  async () => {
    const jar = await rig.signedIn({ provider: 'first' });
    const before = jar.clone();
    await rig.finish(jar, await begin(jar, 'renewed'));
    expect(jar.cookie(rig.bff.cookies.ticket)).not.toBe(before.cookie(rig.bff.cookies.ticket));
    // The other instance may need a moment to hear of it.
    await expect
      .poll(() => rig.session(before), { timeout: 1_000 })
      .toEqual({ authenticated: false, reason: 'replaced' });
    await expect.poll(async () => (await before.fetch('/api/x')).status, { timeout: 1_000 }).toBe(401);
  },
);

for (const [kind, claims] of Object.entries({
  sid: (_sub: string, sid: string) => ({ sid }),
  sub: (sub: string) => ({ sub }),
})) {
  requirement(
    ['BFF-LOGOUT-06', 'BFF-LOGOUT-09'],
    `a logout token by ${kind} of an account that is only connected takes that account, on every instance`,
    async () => {
      const [sub, sid] = [`connected-${kind}`, `sid-connected-${kind}`];
      rig.otherAs.settings.sid = sid;
      const jar = await connected(sub);
      const own = newestRefreshToken(rig.as);
      for (const instance of [0, 1]) {
        rig.bff.pin(instance);
        expect((await jar.fetch('/other-api/x')).status).toBe(200);
      }
      rig.bff.pin(undefined);
      const token = await rig.otherAs.signLogoutToken(claims(sub, sid));
      expect((await postLogoutToken(rig, token, 'other')).status).toBe(200);
      await expectDisconnected(jar);
      expect(revoked(rig.as)).not.toContain(own);
    },
  );
}

requirement('BFF-LOGOUT-08', 'replayed, it does nothing to an account connected since', async () => {
  const jar = await connected('back-again');
  const token = await rig.otherAs.signLogoutToken({ sub: 'back-again' });
  expect((await postLogoutToken(rig, token, 'other')).status).toBe(200);
  await expectDisconnected(jar);
  await rig.finish(jar, await begin(jar, 'back-again'));
  expect((await postLogoutToken(rig, token, 'other')).status).toBe(400);
  expect(await rig.session(jar)).toMatchObject({ connections: ['first', 'other'] });
});

requirement('BFF-REF-10', 'a refused refresh of a connected account ends that account only', async () => {
  rig.otherAs.settings.accessTokenLifetime = 1;
  const jar = await connected('ended-there');
  rig.otherAs.revokeGrants('ended-there');
  await rig.advance(2);
  await expectDisconnected(jar);
});

requirement('BFF-CB-02', 'nobody’s account is connected to the session of somebody else', async () => {
  const mallory = await rig.signedIn({ provider: 'first', user: { sub: 'mallory' } });
  const lure = await begin(mallory, 'mallory-there');
  const jar = await rig.signedIn({ provider: 'first' });
  const ticket = jar.cookie(rig.bff.cookies.ticket);
  const answer = await rig.finish(jar, lure);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  expect(rig.otherAs.hits('token')).toBe(0);
  expect(jar.cookie(rig.bff.cookies.ticket)).toBe(ticket);
  expect(await rig.session(jar)).toMatchObject({ connections: ['first'] });
});

requirement('BFF-CB-02', 'a code cannot be injected into a connection or a step-up under way', async () => {
  const mallory = await rig.signedIn({ provider: 'first', user: { sub: 'mallory' } });
  const stolen = new URL(await begin(mallory, 'mallory-there')).searchParams.get('code') ?? '';
  const jar = await rig.signedIn({ provider: 'first' });
  const connection = new URL(await begin(jar, 'mine-there'));
  connection.searchParams.set('code', stolen);
  const refused = await rig.finish(jar, connection.href);
  expect(refused.headers.get('location')).toContain('login_error=');
  expect(await rig.session(jar)).toMatchObject({ authenticated: true, connections: ['first'] });

  const own = new URL(await rig.begin(rig.jar(), { provider: 'first' })).searchParams.get('code') ?? '';
  const stepUp = new URL(await rig.begin(jar, { provider: 'first', more: { acr_values: 'urn:mfa' } }));
  stepUp.searchParams.set('code', own);
  expect((await rig.finish(jar, stepUp.href)).status).toBeGreaterThanOrEqual(400);
  const session = await rig.session(jar);
  expect(session).toMatchObject({ authenticated: true });
  expect(session.acr).not.toBe('urn:mfa');
});

requirement(
  'BFF-CB-05',
  'a provider run by an attacker gets no code of the honest one, whichever way it sends the browser round',
  async () => {
    for (const wayBack of ['first', 'other'] as const) {
      const jar = rig.jar();
      // The attacker's provider answers by sending the browser on to the honest one, as its client.
      const start = await jar.navigate(rig.bff.loginPath({ provider: 'other' }), { site: 'same-origin' });
      const asked = new URL(start.location ?? '');
      const sideways = new URL(asked);
      sideways.host = new URL(rig.as.issuer).host;
      sideways.searchParams.set('client_id', rig.as.client.clientId);
      sideways.searchParams.set('redirect_uri', `${rig.bff.url}${rig.bff.paths.callback('first')}`);
      const honest = new URL(await rig.as.authorize(sideways.href));
      expect(honest.searchParams.get('iss')).toBe(rig.as.issuer);
      const back = new URL(honest);
      back.pathname = rig.bff.paths.callback(wayBack);
      const refused = await rig.finish(jar, back.href);
      expect(refused.status).toBe(400);
      expect(rig.otherAs.hits('token') + rig.as.hits('token')).toBe(0);
      expect(await rig.session(jar)).toMatchObject({ authenticated: false });
    }
  },
);
