import { gzipSync } from 'node:zlib';
import { authorizationError, jsonAnswer } from '@coatcheck/testing';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type Facebook, facebookAt, graphError, imitateFacebook, proofOf } from '../imitations/facebook.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let facebook: Facebook;
beforeAll(async () => {
  rig = await startRig({ idleTimeout: 40_000, provider: (as) => facebookAt(as) });
});
beforeEach(() => {
  rig.reset();
  facebook = imitateFacebook(rig.as);
});
afterAll(() => rig.close());

const grants = (type: string) =>
  rig.as.requestsOf('token').filter(({ form }) => form.get('grant_type') === type);

async function refused(): Promise<string | null> {
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar));
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  return answer.headers.get('coatcheck-problem');
}

/** The token that the session holds. */
const longToken = () => [...facebook.exchanged.values()].at(-1) ?? '';

requirement('BFF-PROV-07', 'its error object at the token endpoint maps to the standard codes', async () => {
  for (const [error, problem] of [
    [{ status: 400, code: 100 }, 'provider_error'],
    [{ status: 400, code: 190 }, 'provider_error'],
    [{ status: 500, code: 2 }, 'provider_unavailable'],
    [{ status: 400, code: 1 }, 'provider_busy'],
    [{ status: 400, code: 4 }, 'provider_busy'],
    [{ status: 400, code: 101 }, 'provider_misconfigured'],
  ] as const) {
    facebook.errors.push(error);
    expect(await refused(), String(error.code)).toBe(problem);
  }
});

requirement('BFF-PROV-07', 'a person who cancels, with a reason of its own, is told so', async () => {
  const more = { error_reason: 'user_denied', error_description: 'Permissions error' };
  rig.as.change('authorizationResponse', 'once', authorizationError('access_denied', more));
  expect(await refused()).toBe('access_denied');
});

requirement('BFF-PROV-07', 'code 190 or 102 at its API means: sign in again', async () => {
  for (const [code, status] of [
    [190, 400],
    [102, 400],
    [190, 401],
  ] as const) {
    const jar = await rig.signedIn();
    rig.upstream.on('/api/notes', 'once', () => jsonAnswer(graphError(code), status));
    const answer = await rig.call(jar.clone());
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
    expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'refused' });
  }
});

requirement('BFF-PROV-07', 'so it does where the answer is compressed', async () => {
  const jar = await rig.signedIn();
  rig.upstream.on('/api/notes', 'once', () => ({
    status: 400,
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify(graphError(190))),
  }));
  expect((await rig.call(jar)).headers.get('coatcheck-problem')).toBe('session_required');
});

requirement('BFF-PROV-07', 'every other error of its API is relayed as it is', async () => {
  const jar = await rig.signedIn();
  const long = JSON.stringify({ error: { code: 190, message: 'x'.repeat(40_000) } });
  for (const body of [
    JSON.stringify(graphError(100)),
    JSON.stringify(graphError(10)),
    '{"error":{"code":"190"}}',
    'no JSON',
    '',
    long,
  ]) {
    rig.upstream.on('/api/notes', 'once', () => ({
      status: 400,
      headers: { 'content-type': 'application/json' },
      body,
    }));
    const answer = await rig.call(jar);
    expect(answer.status).toBe(400);
    expect(answer.headers.has('coatcheck-problem')).toBe(false);
    expect(await answer.text()).toBe(body);
  }
  expect((await rig.call(jar)).status).toBe(200);
});

requirement(
  'BFF-PROV-08',
  'a discovery document without token endpoint is completed by the configuration',
  async () => {
    const openid = await startRig({
      as: { signingAlgorithm: 'RS256' },
      provider: (as) => {
        as.change('metadata', 'always', (metadata) => {
          delete metadata.token_endpoint;
          delete metadata.token_endpoint_auth_methods_supported;
        });
        return facebookAt(as, { scopes: ['openid', 'email'] });
      },
    });
    const jar = await openid.signedIn();
    expect(await openid.session(jar)).toMatchObject({ user: { sub: openid.as.settings.user.sub } });
    openid.as.on('token', 'once', () => jsonAnswer(graphError(101), 400));
    const cancelled = openid.jar();
    const refusal = await openid.finish(cancelled, await openid.begin(cancelled));
    expect(refusal.headers.get('coatcheck-problem')).toBe('provider_misconfigured');
    // What it did not check is not let through: the signature and the issuer.
    for (const iss of ['https://facebook.com', openid.as.issuer.replace('127.0.0.1', 'www.127.0.0.1')]) {
      openid.as.change('idToken', 'once', ({ claims }) => {
        claims.iss = iss;
      });
      const other = openid.jar();
      const ended = await openid.finish(other, await openid.begin(other));
      expect(ended.headers.get('coatcheck-problem')).toBe('id_token_invalid');
    }
    await openid.close();
  },
);

requirement('BFF-PROV-09', 'its fragment does not reach the router of the app', async () => {
  for (const [returnTo, landing] of [
    ['/notes?tab=1', '/notes?tab=1#'],
    ['/notes#here', '/notes#here'],
  ]) {
    const jar = rig.jar();
    const callback = await rig.begin(jar, { returnTo: returnTo ?? '' });
    const answer = await rig.finish(jar, callback);
    expect(answer.location).toBe(`${rig.bff.url}${landing}`);
    // A browser takes over the fragment of the redirecting address only where the new one has none.
    const url = new URL(answer.location ?? '', `${callback}#_=_`);
    expect(url.hash).not.toContain('_=_');
  }
  rig.as.change('authorizationResponse', 'once', authorizationError('access_denied'));
  const jar = rig.jar();
  const callback = await rig.begin(jar, { returnTo: '/notes', more: { on_error: 'return' } });
  expect((await rig.finish(jar, callback)).location).toBe(`${rig.bff.url}/notes?login_error=access_denied#`);
  // A stale callback of somebody who is signed in goes home.
  const stale = await rig.begin(jar, { returnTo: '/notes' });
  expect((await rig.finish(jar, stale)).location).toBe(`${rig.bff.url}/notes#`);
  expect((await rig.finish(jar, stale)).location).toBe(`${rig.bff.url}/#`);
});

requirement('BFF-PROV-09', 'calls to its API carry the proof, and none that a browser made up', async () => {
  const jar = await rig.signedIn();
  const proof = proofOf(rig.as, longToken());
  const made = `appsecret_proof=${proof}`;
  for (const [asked, reached] of [
    ['/api/me', `/api/me?${made}`],
    ['/api/me?fields=id,name', `/api/me?fields=id,name&${made}`],
    ['/api/me?appsecret_proof=evil&fields=id', `/api/me?fields=id&${made}`],
    ['/api/me?appsecret%5Fproof=evil', `/api/me?${made}`],
    ['/api/me?a=1&APPSECRET_PROOF=evil&appsecret_proof[]=evil', `/api/me?a=1&${made}`],
    ['/api/me?appsecret_proof', `/api/me?${made}`],
  ]) {
    rig.upstream.clearRecords();
    expect((await rig.call(jar, asked)).status).toBe(200);
    expect(rig.upstream.requests.map(({ target }) => target)).toEqual([reached]);
    expect(rig.upstream.requests[0]?.headers.authorization).toBe(`Bearer ${longToken()}`);
  }
});

requirement(
  'BFF-PROV-10',
  'the short token is exchanged once, for the one that the session holds',
  async () => {
    const jar = await rig.signedIn();
    const [exchange, ...more] = grants('fb_exchange_token');
    expect(more).toEqual([]);
    const short = exchange?.form.get('fb_exchange_token') ?? '';
    expect(short).not.toBe('');
    await rig.call(jar);
    expect(rig.upstream.requests[0]?.headers.authorization).toBe(`Bearer long-${short}`);
    expect((await rig.session(jar)).accessTokenExpiresIn).toBeGreaterThan(5_400);
  },
);

requirement(
  'BFF-PROV-10',
  'an end of the token leads to a new sign-in: nothing is exchanged any more',
  async () => {
    const long = await startRig({
      idleTimeout: 9_000_000,
      absoluteTimeout: 9_000_000,
      provider: (as) => facebookAt(as),
    });
    imitateFacebook(long.as);
    const jar = await long.signedIn();
    const before = jar.clone();
    long.as.clearRecords();
    await long.advance(5_184_010);
    expect((await long.call(before)).headers.get('coatcheck-problem')).toBe('session_required');
    expect(long.as.requests).toEqual([]);
    await long.close();
  },
);

requirement(
  'BFF-PROV-10',
  'a token that is not for this client, or not of this person, signs nobody in',
  async () => {
    for (const said of [
      { app_id: 'other-app' },
      { is_valid: false },
      { user_id: '666' },
      { app_id: undefined },
    ]) {
      facebook.said = said;
      expect(await refused(), JSON.stringify(said)).toBe('provider_response_invalid');
    }
  },
);

requirement(
  'BFF-PROV-11',
  'Facebook: nothing is revoked, unless the configuration wants it in its own way',
  async () => {
    const jar = await rig.signedIn();
    await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
    expect(rig.as.requestsOf('unknown').filter(({ method }) => method === 'DELETE')).toEqual([]);

    const revoking = await startRig({ provider: (as) => facebookAt(as, { logout: { revoke: true } }) });
    const other = imitateFacebook(revoking.as);
    const one = await revoking.signedIn();
    await one.fetch(revoking.bff.paths.logout, { method: 'POST' });
    const deletions = () => revoking.as.requestsOf('unknown').filter(({ method }) => method === 'DELETE');
    await expect.poll(() => deletions().length).toBe(1);
    expect(deletions()[0]?.path).toBe('/v24.0/me/permissions');
    expect(deletions()[0]?.headers.authorization).toBe(`Bearer ${[...other.exchanged.values()][0]}`);
    expect(revoking.as.hits('revocation')).toBe(0);
    await revoking.close();
  },
);
