import type { JarResponse } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { newestRefreshToken, newestSid, revoked } from '../endings/logout-token.ts';
import { expectEnded, expectSignedIn } from '../endings/standing.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances, two providers. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    second: { signingAlgorithm: 'ES256' },
  });
});
afterEach(() => {
  for (const as of [rig.as, rig.otherAs]) delete as.settings.sid;
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

/** As the provider's page loads it in a frame: another site, and no Strict cookie comes along. */
function framed(query: Record<string, string> | string): Promise<JarResponse> {
  const search = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return rig.jar().navigate(`${rig.bff.paths.frontchannelLogout}?${search}`, {
    site: 'cross-site',
    headers: { 'sec-fetch-dest': 'iframe', 'sec-fetch-user': undefined },
  });
}

const framersOf = (answer: JarResponse) =>
  /frame-ancestors ([^;]*)/.exec(answer.headers.get('content-security-policy') ?? '')?.[1];

requirement(
  'BFF-LOGOUT-10',
  'a frame with the right issuer and sid ends that session everywhere',
  async () => {
    const [jar, other] = [await rig.signedIn(), await rig.signedIn({ user: { sub: 'bystander' } })];
    rig.as.settings.sid = 'front-1';
    await rig.signIn(jar);
    await expectSignedIn(rig, jar, other);
    const answer = await framed({ iss: rig.as.issuer, sid: 'front-1' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toContain('text/html');
    await expectEnded(rig, jar, 'provider-logout');
    await expectSignedIn(rig, other);
  },
);

requirement(
  'BFF-LOGOUT-10',
  'a wrong, missing or repeated issuer or sid ends nothing, and looks alike',
  async () => {
    const jar = await rig.signedIn();
    const sid = newestSid(rig.as);
    const { issuer } = rig.as;
    const iss = encodeURIComponent(issuer);
    const usual = await (await framed({ iss: issuer, sid: 'nobody' })).bytes();
    for (const query of [
      { iss: 'https://evil.test', sid },
      { iss: rig.otherAs.issuer, sid },
      { iss: issuer.toUpperCase(), sid },
      { iss: `${issuer}.evil.test`, sid },
      { iss: '', sid },
      { iss: issuer, sid: `${sid}x` },
      { iss: issuer, sid: sid.slice(1) },
      { iss: issuer, sid: '' },
      { iss: issuer },
      { sid },
      { iss: issuer, SID: sid },
      `iss=${iss}&sid=${sid}&sid=${sid}`,
      `iss=${iss}&iss=${iss}&sid=${sid}`,
      `iss=${iss}&sid[]=${sid}`,
      `iss=${iss}&sid=%ff`,
      '',
    ]) {
      const answer = await framed(query);
      expect(answer.status, JSON.stringify(query)).toBe(200);
      expect(await answer.bytes(), JSON.stringify(query)).toEqual(usual);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      expect(
        (await rig.jar().request(`${rig.bff.paths.frontchannelLogout}?iss=${iss}&sid=${sid}`, { method }))
          .status,
      ).toBe(405);
    await expectSignedIn(rig, jar);
  },
);

requirement('BFF-LOGOUT-10', 'a session of the other provider with the same sid stays', async () => {
  for (const as of [rig.as, rig.otherAs]) as.settings.sid = 'front-same';
  const [first, other] = [await rig.signedIn(), await rig.signedIn({ provider: 'other' })];
  await framed({ iss: rig.otherAs.issuer, sid: 'front-same' });
  await expect
    .poll(() => rig.session(other.clone()))
    .toEqual({ authenticated: false, reason: 'provider-logout' });
  await expectSignedIn(rig, first);
});

advisory(
  35,
  'BFF-LOGOUT-10',
  'whoever knows a sid can end the session here, and gets nothing revoked at the provider',
  async () => {
    const jar = await rig.signedIn();
    const [sid, refreshToken] = [newestSid(rig.as), newestRefreshToken(rig.as)];
    await expectSignedIn(rig, jar);
    await framed({ iss: rig.as.issuer, sid });
    await expectEnded(rig, jar, 'provider-logout');
    // A sign-out at each instance comes after whatever the frame may have brought about.
    for (const instance of [0, 1]) {
      const leaving = await rig.signedIn();
      const theirs = newestRefreshToken(rig.as);
      rig.bff.pin(instance);
      await leaving.fetch(rig.bff.paths.logout, { method: 'POST' });
      rig.bff.pin(undefined);
      await expect.poll(() => revoked(rig.as)).toContain(theirs);
    }
    expect(revoked(rig.as)).not.toContain(refreshToken);
    expect(rig.as.isActive(refreshToken)).toBe(true);
    expect(rig.as.hits('end_session')).toBe(0);
  },
);

requirement('BFF-LOGOUT-10', 'the providers may frame that page, and nobody anything else', async () => {
  const page = await framed({ iss: rig.as.issuer, sid: 'nobody' });
  expect(framersOf(page)?.split(' ').sort()).toEqual([rig.as.issuer, rig.otherAs.issuer].sort());
  expect(page.headers.get('x-frame-options')).toBeNull();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(page.headers.get('content-security-policy')).not.toContain('script-src');
  expect(await page.text()).not.toContain('<script');
  const { login, logoutCallback, callback, session } = rig.bff.paths;
  for (const path of [
    `${callback('first')}?state=x&code=y`,
    `${login}?return_to=//evil.test`,
    logoutCallback,
    session,
    `${rig.bff.paths.frontchannelLogout}/`,
    `${rig.bff.paths.frontchannelLogout}x`,
    '/nothing',
  ]) {
    const other = await rig.jar().navigate(`${path}${path.includes('?') ? '&' : '?'}iss=${rig.as.issuer}`);
    const type = other.headers.get('content-type') ?? '';
    if (type.includes('text/html')) expect(framersOf(other), path).toBe("'none'");
    else expect(framersOf(other) ?? "'none'", path).toBe("'none'");
    expect(other.headers.get('content-security-policy') ?? '', path).not.toContain(rig.as.issuer);
  }
});

requirement('BFF-LOGOUT-10', 'it takes no cookie from the browser that shows the frame', async () => {
  const jar = await rig.signedIn();
  const before = new Map([...jar.cookies].map(([name, { value }]) => [name, value]));
  const answer = await jar.navigate(
    `${rig.bff.paths.frontchannelLogout}?iss=${encodeURIComponent(rig.as.issuer)}&sid=nobody`,
    { site: 'cross-site', headers: { 'sec-fetch-dest': 'iframe' } },
  );
  expect(answer.setCookies).toEqual([]);
  expect(answer.headers.get('clear-site-data')).toBeNull();
  expect(new Map([...jar.cookies].map(([name, { value }]) => [name, value]))).toEqual(before);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});
