import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { logOutByProvider, newestRefreshToken, revoked } from '../endings/logout-token.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances on one store. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: 2, as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  delete rig.as.settings.sid;
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

/** A sign-in that stands at the provider's answer, under a `sid` of its own. */
async function begun(
  sid: string,
  more: Record<string, string> = {},
): Promise<{ jar: Jar; callback: string }> {
  rig.as.settings.sid = sid;
  const jar = rig.jar();
  return { jar, callback: await rig.begin(jar, { user: { sub: `of-${sid}` }, more, returnTo: '/here' }) };
}

requirement(
  'BFF-LOGOUT-06',
  'a callback that comes after the end of its provider session is refused',
  async () => {
    for (const [at, other] of [0, 1].entries()) {
      const { jar, callback } = await begun(`late-${at}`);
      rig.bff.pin(0);
      expect((await logOutByProvider(rig, { sid: `late-${at}` })).status).toBe(200);
      rig.bff.pin(other);
      const answer = await rig.finish(jar, callback);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('coatcheck-problem')).toBe('signed_out_meanwhile');
      expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
      await expect.poll(() => revoked(rig.as)).toContain(newestRefreshToken(rig.as));
      expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
      // The code is used up.
      await rig.finish(jar, callback);
      expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
    }
  },
);

requirement(
  'BFF-LOGOUT-06',
  'the app is told so, where it asked for that, and may sign in again',
  async () => {
    const { jar, callback } = await begun('told', { on_error: 'return' });
    await logOutByProvider(rig, { sid: 'told' });
    const answer = await rig.finish(jar, callback);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/here?login_error=signed_out_meanwhile');
    rig.as.settings.sid = 'told-again';
    await rig.signIn(jar);
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement('BFF-LOGOUT-06', 'a late callback leaves the session that is there alone', async () => {
  rig.as.settings.sid = 'present';
  const jar = await rig.signedIn();
  rig.as.settings.sid = 'late-second';
  const callback = await rig.begin(jar);
  await logOutByProvider(rig, { sid: 'late-second' });
  expect((await rig.finish(jar, callback)).status).toBe(401);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement(
  'BFF-LOGOUT-06',
  'another provider session, or an invalid token, refuses no callback',
  async () => {
    const { jar, callback } = await begun('innocent');
    await logOutByProvider(rig, { sid: 'guilty' });
    expect((await logOutByProvider(rig, { sid: 'innocent', nonce: 'x' })).status).toBe(400);
    expect((await rig.finish(jar, callback)).status).toBe(303);
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement(
  'BFF-LOGOUT-06',
  'in whichever order logout token and callback meet, nobody is signed in afterwards',
  async () => {
    const survivors: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      const { jar, callback } = await begun(`race-${round}`);
      const token = await rig.as.signLogoutToken({ sid: `race-${round}` });
      // The token arrives when the code has been redeemed, a little later in every round.
      const redeemed = Promise.withResolvers<void>();
      rig.as.on('token', 'once', async (_exchange, next) => {
        const answer = await next();
        setTimeout(redeemed.resolve, (round % 20) / 2);
        return answer;
      });
      rig.bff.pin(0);
      const finishing = rig.finish(jar, callback);
      await redeemed.promise;
      rig.bff.pin(1);
      const body = new URLSearchParams({ logout_token: token });
      const path = rig.bff.paths.backchannelLogout('main');
      expect((await rig.jar().request(path, { method: 'POST', body })).status).toBe(200);
      expect([303, 401]).toContain((await finishing).status);
      await expect
        .poll(async () => (await rig.call(jar.clone())).status, { timeout: 1_000, interval: 50 })
        .toBe(401)
        .catch(() => survivors.push(round));
    }
    expect(survivors).toEqual([]);
  },
  120_000,
);
