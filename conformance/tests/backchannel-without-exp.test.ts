import { afterAll, beforeAll, expect } from 'vitest';
import { postLogoutToken } from '../endings/logout-token.ts';
import { auditEvents } from '../evidence/log-lines.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** As older servers send them: drafts of the standard had no `exp`. */
let strict: Rig;
let lenient: Rig;
beforeAll(async () => {
  [strict, lenient] = await Promise.all([
    startRig(),
    startRig({ provider: { config: { logout: { acceptTokensWithoutExp: true } } } }),
  ]);
});
afterAll(() => Promise.all([strict.close(), lenient.close()]));

const sub = 'leaver';
const token = (rig: Rig, claims: Record<string, unknown> = {}) =>
  rig.as.signLogoutToken({ sub, exp: undefined, ...claims });

requirement('BFF-LOGOUT-07', 'without exp it is refused, and the log says what to do', async () => {
  const jar = await strict.signedIn({ user: { sub } });
  expect((await postLogoutToken(strict, await token(strict))).status).toBe(400);
  expect(await strict.session(jar)).toMatchObject({ authenticated: true });
  await expect
    .poll(() => auditEvents(strict.bff.log()).filter(({ code }) => code === 'invalid_logout_token'))
    .toMatchObject([
      {
        detail:
          'exp is missing, which OpenID Connect Back-Channel Logout 1.0 §2.4 requires: update the authorization ' +
          'server, or take its tokens as they are by logout.acceptTokensWithoutExp: true',
      },
    ]);
});

requirement(
  'BFF-LOGOUT-07',
  'where the operator takes it, it counts once, and for five minutes',
  async () => {
    const jar = await lenient.signedIn({ user: { sub } });
    const [good, stale] = [await token(lenient), await token(lenient, { jti: 'stale' })];
    expect((await postLogoutToken(lenient, good)).status).toBe(200);
    expect(await lenient.session(jar)).toEqual({ authenticated: false, reason: 'provider-logout' });
    const again = await lenient.signedIn({ user: { sub } });
    await lenient.advance(290);
    // Its jti is remembered for as long as its iat would do.
    expect((await postLogoutToken(lenient, good)).status).toBe(400);
    await lenient.advance(60);
    expect((await postLogoutToken(lenient, stale)).status).toBe(400);
    for (const claims of [{ exp: 1_700_000_000 }, { iat: undefined }, { exp: 'soon' }])
      expect((await postLogoutToken(lenient, await token(lenient, claims))).status).toBe(400);
    expect(await lenient.session(again)).toMatchObject({ authenticated: true });
  },
);
