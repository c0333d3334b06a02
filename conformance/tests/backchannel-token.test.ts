import { type Jar, type JarRequest, rawRequest } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { invalidTokens } from '../endings/invalid-logout-tokens.ts';
import {
  logOutByProvider,
  newestRefreshToken,
  newestSid,
  postLogoutToken,
  revoked,
} from '../endings/logout-token.ts';
import { expectEnded, expectSignedIn } from '../endings/standing.ts';
import { auditEvents } from '../evidence/log-lines.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const sub = 'target';
const event = 'http://schemas.openid.net/event/backchannel-logout';

/** The provider publishes keys of two algorithms, and one is agreed on. */
let rig: Rig;
let jar: Jar;
let sid: string;
let refreshToken: string;
beforeAll(async () => {
  rig = await startRig({
    as: { algorithms: ['ES256'] },
    provider: { config: { idTokenSigningAlg: 'RS256' } },
  });
  jar = await rig.signedIn({ user: { sub } });
  sid = newestSid(rig.as);
  refreshToken = newestRefreshToken(rig.as);
  await expectSignedIn(rig, jar);
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const refusals = () =>
  auditEvents(rig.bff.log()).filter(
    ({ event, code }) => event === 'request.refused' && code === 'invalid_logout_token',
  ).length;

/** Whatever it was, nothing has ended, and nobody was asked to revoke anything. */
async function expectUntouched(why: string): Promise<void> {
  expect(await rig.session(jar), why).toMatchObject({ authenticated: true });
  expect(revoked(rig.as), why).not.toContain(refreshToken);
}

for (const { why, make } of invalidTokens) {
  advisory(34, 'BFF-LOGOUT-07', `${why}: 400, logged, and nothing ends`, async () => {
    const logged = refusals();
    const answer = await postLogoutToken(rig, await make(rig.as, { sub, sid }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toMatchObject({ code: 'invalid_logout_token' });
    await expect.poll(refusals).toBe(logged + 1);
    await expectUntouched(why);
  });
}

/** Requests that are wrong around a token that is right. */
const wrongRequests: Record<string, (token: string) => JarRequest & { readonly status?: number }> = {
  'no body': () => ({ method: 'POST' }),
  'a form without it': () => ({ method: 'POST', body: new URLSearchParams({ token: 'x' }) }),
  'the parameter twice, alike': (token) => form([token, token]),
  'the parameter twice, the good one first': (token) => form([token, 'x']),
  'the parameter twice, the good one last': (token) => form(['x', token]),
  'the parameter twice, once without a value': (token) => ({
    ...form([token]),
    body: `logout_token&logout_token=${token}`,
  }),
  'JSON with a form in it': (token) => ({ method: 'POST', json: { form: `logout_token=${token}` } }),
  JSON: (token) => ({ method: 'POST', json: { logout_token: token } }),
  'a form that calls itself JSON': (token) => ({
    ...form([token]),
    headers: { 'content-type': 'application/json' },
  }),
  'a form that calls itself text': (token) => ({
    ...form([token]),
    headers: { 'content-type': 'text/plain' },
    status: 415,
  }),
  'a multipart form': (token) => ({
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
    body: `--b\r\ncontent-disposition: form-data; name="logout_token"\r\n\r\n${token}\r\n--b--\r\n`,
    status: 415,
  }),
  'a form of no type': (token) => ({ ...form([token]), headers: { 'content-type': undefined }, status: 415 }),
  'a broken escape': (token) => ({ ...form([token]), body: `logout_token=${token}&x=%zz` }),
  'more than 16 KiB': (token) => ({
    ...form([token]),
    body: `x=${'y'.repeat(20_000)}&logout_token=${token}`,
    status: 413,
  }),
};

for (const [why, requestFor] of Object.entries(wrongRequests)) {
  advisory(34, 'BFF-LOGOUT-07', `${why}: refused, and nothing ends`, async () => {
    const { status = 400, ...init } = requestFor(await rig.as.signLogoutToken({ sub, sid }));
    const answer = await rig.jar().request(rig.bff.paths.backchannelLogout('main'), init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    await expectUntouched(why);
  });
}

function form(tokens: readonly string[]): JarRequest {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: tokens.map((token) => `logout_token=${token}`).join('&'),
  };
}

requirement(
  'BFF-LOGOUT-07',
  'in the query, by GET, or at another provider’s address it is no logout',
  async () => {
    const path = rig.bff.paths.backchannelLogout('main');
    const token = await rig.as.signLogoutToken({ sub, sid });
    const query = new URLSearchParams({ logout_token: token });
    expect((await rig.jar().request(`${path}?${query}`)).status).toBe(405);
    expect((await rig.jar().request(`${path}?${query}`, { method: 'POST' })).status).toBe(400);
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      expect((await rig.jar().request(`${path}?${query}`, { method })).status, method).toBe(405);
    for (const elsewhere of ['nobody', 'main/x', '', '%6dain2'])
      expect((await postLogoutToken(rig, token, elsewhere)).status, elsewhere).toBe(404);
    await expectUntouched('elsewhere');
  },
);

requirement('BFF-LOGOUT-07', 'an unfinished body, then silence, ends nothing', async () => {
  const token = await rig.as.signLogoutToken({ sub, sid });
  const body = `logout_token=${token}`;
  await rawRequest({
    port: rig.bff.ports[0] ?? 0,
    timeoutMs: 300,
    bytes: `POST ${rig.bff.paths.backchannelLogout('main')} HTTP/1.1\r\nHost: ${new URL(rig.bff.url).host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length + 1}\r\n\r\n${body}`,
  }).catch(() => 'no answer');
  await expectUntouched('unfinished');
});

requirement(
  'BFF-LOGOUT-07',
  'while the provider’s keys cannot be had nothing ends, and it can be sent again',
  async () => {
    const later = await rig.signedIn({ user: { sub: 'keyless' } });
    const token = await rig.as.signLogoutToken({ sub: 'keyless' });
    await rig.bff.restart();
    await rig.as.goDown();
    const answer = await postLogoutToken(rig, token);
    await rig.as.comeBack();
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await rig.session(later)).toMatchObject({ authenticated: true });
    await expect
      .poll(async () => (await postLogoutToken(rig, token)).status, { timeout: 15_000, interval: 250 })
      .toBe(200);
    await expectEnded(rig, later, 'provider-logout');
  },
  40_000,
);

/** Right in another way than the usual one. */
const alsoValid = {
  'typ JWT': { header: { typ: 'JWT' } },
  'no typ': { header: { typ: undefined } },
  'typ application/logout+jwt': { header: { typ: 'application/logout+jwt' } },
  'typ LOGOUT+JWT': { header: { typ: 'LOGOUT+JWT' } },
  'a list with one audience': { claims: { aud: ['coatcheck-test'] } },
  'an event with members': { claims: { events: { [event]: { reason: 'x' } } } },
  'a second event': { claims: { events: { [event]: {}, 'https://x.test/': {} } } },
  'claims that nobody knows': { claims: { trace_id: 'x', azp: 'someone', sid_type: 1 } },
  'a clock that is 20 s ahead': { skew: 20 },
  'a clock that is 20 s behind': { skew: -20 },
};

requirement('BFF-LOGOUT-07', 'what the specification allows is accepted', async () => {
  for (const [why, { header = {}, claims = {}, skew = 0 }] of Object.entries<{
    header?: Record<string, unknown>;
    claims?: Record<string, unknown>;
    skew?: number;
  }>(alsoValid)) {
    const other = await rig.signedIn({ user: { sub: 'allowed' } });
    rig.as.settings.clockOffset += skew;
    const answer = await logOutByProvider(rig, { sub: 'allowed', ...claims }, (draft) => {
      Object.assign(draft.header, header);
    });
    rig.as.settings.clockOffset -= skew;
    expect(answer.status, why).toBe(200);
    expect(await rig.session(other), why).toEqual({ authenticated: false, reason: 'provider-logout' });
  }
});

requirement('BFF-LOGOUT-07', 'and after all that the session ends by a token that is right', async () => {
  await expectUntouched('before');
  expect((await logOutByProvider(rig, { sub, sid })).status).toBe(200);
  await expectEnded(rig, jar, 'provider-logout');
});
