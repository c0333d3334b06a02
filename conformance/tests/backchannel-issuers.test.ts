import { forge } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { newestRefreshToken, postLogoutToken, revoked } from '../endings/logout-token.ts';
import { expectEnded, expectSignedIn } from '../endings/standing.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances, and two providers that give the same subjects, session ids and client id. */
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
  for (const as of [rig.as, rig.otherAs]) delete as.settings.sid;
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

/** The same person, as far as names go, at both. */
async function twins(sub: string, sid: string) {
  for (const as of [rig.as, rig.otherAs]) as.settings.sid = sid;
  const user = { sub };
  return {
    first: await rig.signedIn({ user, provider: 'first' }),
    other: await rig.signedIn({ user, provider: 'other' }),
  };
}

for (const [kind, claims] of Object.entries({
  sid: (_sub: string, sid: string) => ({ sid }),
  sub: (sub: string) => ({ sub }),
  'sub and sid': (sub: string, sid: string) => ({ sub, sid }),
})) {
  for (const ending of ['first', 'other'] as const) {
    const staying = ending === 'first' ? 'other' : 'first';
    requirement(
      'BFF-LOGOUT-06',
      `a token of the ${ending} provider by ${kind} ends nothing of the ${staying} one`,
      async () => {
        const [sub, sid] = [`twin-${ending}-${kind}`, `sid-${ending}-${kind}`];
        const jars = await twins(sub, sid);
        const as = ending === 'first' ? rig.as : rig.otherAs;
        const token = await as.signLogoutToken(claims(sub, sid));
        expect((await postLogoutToken(rig, token, ending)).status).toBe(200);
        const endedAt = performance.now();
        while ((await rig.session(jars[ending].clone())).authenticated === true)
          expect(performance.now() - endedAt).toBeLessThan(1_000);
        expect(await rig.session(jars[staying])).toMatchObject({ authenticated: true });
        const path = staying === 'first' ? '/api/x' : '/other-api/x';
        expect((await jars[staying].fetch(path)).status).toBe(200);
        const stayed = staying === 'first' ? rig.as : rig.otherAs;
        const kept = newestRefreshToken(stayed);
        expect(revoked(stayed)).not.toContain(kept);
        expect(stayed.isActive(kept)).toBe(true);
      },
    );
  }
}

requirement(
  'BFF-LOGOUT-07',
  'a token at the other provider’s address, or signed by it, ends nothing',
  async () => {
    const { first, other } = await twins('mixed', 'sid-mixed');
    const claims = { sub: 'mixed', sid: 'sid-mixed' };
    const ofFirst = await rig.as.signLogoutToken(claims);
    const forgedBySecond = await rig.otherAs.signLogoutToken(claims, forge.claims({ iss: rig.as.issuer }));
    const underFirstKeyId = await rig.otherAs.signLogoutToken(
      claims,
      forge.all(
        forge.claims({ iss: rig.as.issuer }),
        forge.header({ kid: (await rig.as.keys.current('ES256')).kid }),
      ),
    );
    for (const [token, address] of [
      [ofFirst, 'other'],
      [forgedBySecond, 'first'],
      [forgedBySecond, 'other'],
      [underFirstKeyId, 'first'],
    ] as const)
      expect((await postLogoutToken(rig, token, address)).status).toBe(400);
    await expectSignedIn(rig, first);
    expect(await rig.session(other)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-LOGOUT-08', 'a jti counts once for each provider, not once for all', async () => {
  const { first } = await twins('jti', 'sid-jti');
  const claims = { sid: 'sid-jti', jti: 'the-same-for-both' };
  expect((await postLogoutToken(rig, await rig.otherAs.signLogoutToken(claims), 'other')).status).toBe(200);
  expect((await postLogoutToken(rig, await rig.as.signLogoutToken(claims), 'first')).status).toBe(200);
  await expectEnded(rig, first, 'provider-logout');
});

requirement(
  'BFF-LOGOUT-06',
  'the end of a session at one provider refuses no callback of the other',
  async () => {
    for (const as of [rig.as, rig.otherAs]) as.settings.sid = 'sid-callback';
    const jar = rig.jar();
    const callback = await rig.begin(jar, { provider: 'other' });
    const token = await rig.as.signLogoutToken({ sid: 'sid-callback' });
    expect((await postLogoutToken(rig, token, 'first')).status).toBe(200);
    expect((await rig.finish(jar, callback)).status).toBe(303);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true, provider: 'other' });
  },
);
