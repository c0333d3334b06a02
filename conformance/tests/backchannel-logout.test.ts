import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import {
  logOutByProvider,
  newestRefreshToken,
  newestSid,
  postForm,
  postLogoutToken,
  revoked,
} from '../endings/logout-token.ts';
import { callAt, expectEnded, expectSignedIn } from '../endings/standing.ts';
import { refreshTokensSent } from '../evidence/tokens.ts';
import { advisory, requirement } from '../requirement.ts';
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

/** Somebody who signs in anew, by a name that no other test has, and their `sid`. */
async function person(sub: string) {
  const jar = await rig.signedIn({ user: { sub } });
  return { jar, sub, sid: newestSid(rig.as), refreshToken: newestRefreshToken(rig.as) };
}

requirement('BFF-LOGOUT-06', 'a token with sid alone ends that session and no other', async () => {
  const [one, two, other] = [await person('one'), await person('one'), await person('other')];
  await expectSignedIn(rig, one.jar, two.jar, other.jar);
  const answer = await logOutByProvider(rig, { sid: one.sid });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(await answer.text()).toBe('');
  expect(answer.setCookies).toEqual([]);
  await expectEnded(rig, one.jar, 'provider-logout');
  await expectSignedIn(rig, two.jar, other.jar);
});

requirement('BFF-LOGOUT-06', 'a token with sub alone ends all sessions of that person', async () => {
  const people = [await person('several'), await person('several'), await person('several')];
  const bystanders = [await person('several2'), await person('Several')];
  await expectSignedIn(rig, ...people.map(({ jar }) => jar));
  expect((await logOutByProvider(rig, { sub: 'several' })).status).toBe(200);
  const endedAt = performance.now();
  for (const { jar } of people) await expectEnded(rig, jar, 'provider-logout', endedAt);
  await expectSignedIn(rig, ...bystanders.map(({ jar }) => jar));
});

requirement('BFF-LOGOUT-06', 'a token with both ends the session, not the person’s others', async () => {
  const [one, two] = [await person('both'), await person('both')];
  expect((await logOutByProvider(rig, { sub: 'both', sid: one.sid })).status).toBe(200);
  await expectEnded(rig, one.jar, 'provider-logout');
  await expectSignedIn(rig, two.jar);
});

requirement('BFF-LOGOUT-06', 'browsers that share the provider’s session all lose theirs', async () => {
  rig.as.settings.sid = 'shared-sid';
  const [one, two] = [await person('sharing'), await person('sharing')];
  expect((await logOutByProvider(rig, { sid: 'shared-sid' })).status).toBe(200);
  const endedAt = performance.now();
  for (const { jar } of [one, two]) await expectEnded(rig, jar, 'provider-logout', endedAt);
});

requirement('BFF-LOGOUT-06', 'it holds for an instance that was down meanwhile', async () => {
  const one = await person('restarted');
  await expectSignedIn(rig, one.jar);
  await rig.bff.stop(1);
  rig.bff.pin(0);
  expect((await logOutByProvider(rig, { sid: one.sid })).status).toBe(200);
  await rig.bff.restart({}, 1);
  await expectEnded(rig, one.jar, 'provider-logout');
});

requirement('BFF-LOGOUT-06', 'parameters that mean nothing to us are ignored (§2.5)', async () => {
  const one = await person('extra');
  const token = await rig.as.signLogoutToken({ sid: one.sid });
  const body = new URLSearchParams([
    ['state', 'x'],
    ['logout_token', token],
    ['state', 'y'],
  ]);
  expect((await postForm(rig, body)).status).toBe(200);
  await expectEnded(rig, one.jar, 'provider-logout');
});

advisory(34, 'BFF-LOGOUT-08', 'a replayed jti does nothing to a session that came later', async () => {
  const one = await person('replayed');
  const token = await rig.as.signLogoutToken({ sub: 'replayed' });
  rig.bff.pin(0);
  expect((await postLogoutToken(rig, token)).status).toBe(200);
  await expectEnded(rig, one.jar, 'provider-logout');
  const later = await person('replayed');
  for (const instance of [0, 1, 0]) {
    rig.bff.pin(instance);
    const replay = await postLogoutToken(rig, token);
    expect(replay.status).toBe(400);
    expect(await replay.json()).toMatchObject({ code: 'invalid_logout_token' });
  }
  // Not the bytes but the jti: the same one in another token of the same provider.
  const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  expect((await logOutByProvider(rig, { sub: 'replayed', jti })).status).toBe(400);
  await expectSignedIn(rig, later.jar);
});

requirement('BFF-LOGOUT-08', 'of many copies at once over both instances one is processed', async () => {
  const token = await rig.as.signLogoutToken({ sub: 'nobody-at-once' });
  const answers = await Promise.all(Array.from({ length: 12 }, () => postLogoutToken(rig, token)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(400)]);
});

requirement('BFF-LOGOUT-08', 'sessions that are not there count as success', async () => {
  const one = await person('gone');
  for (const claims of [{ sid: 'unknown' }, { sub: 'unknown' }, { sid: 'x'.repeat(500) }, { sub: 'ü😀' }])
    expect((await logOutByProvider(rig, claims)).status, JSON.stringify(claims)).toBe(200);
  for (let times = 0; times < 2; times += 1)
    expect((await logOutByProvider(rig, { sid: one.sid })).status).toBe(200);
});

requirement(
  'BFF-LOGOUT-09',
  'a refresh token without offline_access is discarded, and revoked where it was opened',
  async () => {
    const one = await person('discarded');
    const asked = rig.as.requestsOf('authorize').at(-1)?.query.get('scope');
    expect(asked?.split(' ')).not.toContain('offline_access');
    await expectSignedIn(rig, one.jar);
    const stored = await rig.bff.store.sessions();
    await logOutByProvider(rig, { sid: one.sid });
    expect(await rig.bff.store.sessions()).toBe(stored - 1);
    await expect.poll(() => revoked(rig.as)).toContain(one.refreshToken);
    expect(rig.as.isActive(one.refreshToken)).toBe(false);
    await rig.advance(301);
    await expectEnded(rig, one.jar, 'provider-logout');
    expect(refreshTokensSent(rig.as)).not.toContain(one.refreshToken);
  },
);

requirement('BFF-LOGOUT-09', 'it wins over a refresh under way, whose new token is revoked', async () => {
  for (const instance of [0, 1]) {
    const one = await person(`refreshing-${instance}`);
    await rig.advance(301);
    rig.bff.pin(0);
    const gate = rig.as.hold('token', 'after');
    const call = rig.call(one.jar.clone());
    await gate.arrived;
    rig.bff.pin(instance);
    await logOutByProvider(rig, { sid: one.sid });
    gate.release();
    const answer = await call;
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ reason: 'provider-logout' });
    const brought = newestRefreshToken(rig.as);
    expect(brought).not.toBe(one.refreshToken);
    await expect.poll(() => revoked(rig.as)).toContain(brought);
    expect(await callAt(rig, 1 - instance, one.jar)).toBe(401);
  }
});
