import { createHash } from 'node:crypto';
import { faults, type Jar, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256' },
    provider: {
      scopes: ['openid', 'profile', 'email', 'notes:read', 'notes:write'],
      config: { requiredScopes: ['notes:read'] },
    },
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      { prefix: '/write', upstream: url, config: { scopes: ['notes:write'] } },
    ],
  });
});
afterEach(() => {
  rig.reset();
  delete rig.as.settings.grantedScopes;
});
afterAll(() => rig.close());

requirement('BFF-TOK-01', 'the code is redeemed by a form with exactly what belongs into it', async () => {
  await rig.signedIn();
  const [asked] = rig.as.requestsOf('authorize');
  const [request] = rig.as.requestsOf('token');
  expect(rig.as.hits('token')).toBe(1);
  expect(request?.method).toBe('POST');
  expect(request?.target).toBe('/token');
  expect(request?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded\b/);
  expect([...(request?.form.keys() ?? [])].sort()).toEqual([
    'code',
    'code_verifier',
    'grant_type',
    'redirect_uri',
  ]);
  expect(request?.form.get('grant_type')).toBe('authorization_code');
  expect(request?.form.get('redirect_uri')).toBe(asked?.query.get('redirect_uri'));
  const verifier = request?.form.get('code_verifier') ?? '';
  expect(createHash('sha256').update(verifier).digest('base64url')).toBe(asked?.query.get('code_challenge'));
  const secrets = rig.as.canaries().filter(({ kind }) => kind !== 'state');
  for (const { target } of rig.as.requests)
    for (const { value, kind } of secrets) expect(target.includes(value), `${kind} in ${target}`).toBe(false);
});

requirement('BFF-TOK-02', 'token_type is compared without regard to case', async () => {
  for (const type of ['bearer', 'Bearer', 'bEaReR', 'BEARER']) {
    rig.as.change('tokenResponse', 'once', withMembers({ token_type: type }));
    const jar = await rig.signedIn();
    expect((await rig.call(jar)).status).toBe(200);
    expect(rig.upstream.requests.at(-1)?.headers.authorization).toMatch(/^Bearer canary|^Bearer ey/);
  }
});

requirement('BFF-TOK-02', 'a type that cannot be used as it came signs nobody in', async () => {
  for (const type of ['mac', 'N_A', 'bearer ', 'DPoP', '', 7, null, ['bearer']]) {
    rig.as.change('tokenResponse', 'once', withMembers({ token_type: type }));
    await expectRefusedSignIn(rig, ['provider_response_invalid']);
  }
});

/** How long the session says that the new access token lives. Seconds. */
async function lifeOfToken(expiresIn: unknown): Promise<unknown> {
  rig.as.change('tokenResponse', 'once', withMembers({ expires_in: expiresIn }));
  const jar = await rig.signedIn();
  const { accessTokenExpiresIn } = await rig.session(jar);
  rig.as.clearRecords();
  expect((await rig.call(jar)).status).toBe(200);
  return accessTokenExpiresIn;
}

requirement('BFF-TOK-03', 'a token without expires_in lives as long as is configured', async () => {
  expect(await lifeOfToken(undefined)).toBeGreaterThan(250);
  expect(await lifeOfToken(undefined)).toBeLessThanOrEqual(300);
  expect(await lifeOfToken(null)).toBeLessThanOrEqual(300);
  expect(rig.as.hits('token')).toBe(0);
});

requirement('BFF-TOK-03', 'a lifetime may be a text with digits', async () => {
  expect(await lifeOfToken('28800')).toBeGreaterThan(28_700);
  expect(await lifeOfToken(28_800.5)).toBeGreaterThan(28_700);
  expect(rig.as.hits('token')).toBe(0);
});

requirement('BFF-TOK-03', 'a token that has no life left is refreshed before its first use', async () => {
  for (const expiresIn of [0, -1, '-1', '0', -1e12]) {
    expect(await lifeOfToken(expiresIn), String(expiresIn)).toBe(0);
    expect(rig.as.hits('token'), String(expiresIn)).toBe(1);
  }
});

requirement('BFF-TOK-03', 'a lifetime without end or without meaning makes no immortal token', async () => {
  for (const expiresIn of ['NaN', '', 'soon', '1e999', true, {}, [], [60]]) {
    const life = await lifeOfToken(expiresIn);
    expect(life, String(expiresIn)).toBeGreaterThan(0);
    expect(life, String(expiresIn)).toBeLessThanOrEqual(300);
  }
  const jars: Jar[] = [];
  for (const expiresIn of [1e12, 1e308, '1e30']) {
    rig.as.change('tokenResponse', 'once', withMembers({ expires_in: expiresIn }));
    const jar = await rig.signedIn();
    const { accessTokenExpiresIn, expiresIn: sessionLeft } = await rig.session(jar);
    expect(accessTokenExpiresIn, String(expiresIn)).toBeLessThanOrEqual(Number(sessionLeft));
    expect((await rig.call(jar)).status).toBe(200);
    jars.push(jar);
  }
  // It is kept as a number that can be read again.
  await rig.bff.restart();
  rig.as.clearRecords();
  for (const jar of jars) expect((await rig.call(jar)).status).toBe(200);
  expect(rig.as.hits('token')).toBe(0);
});

requirement('BFF-TOK-04', 'what was not granted is not assumed', async () => {
  rig.as.settings.grantedScopes = ['openid', 'notes:read'];
  const jar = await rig.signedIn();
  expect(await rig.session(jar)).toMatchObject({ scopes: ['openid', 'notes:read'] });
  expect((await rig.call(jar)).status).toBe(200);
  const refused = await jar.fetch('/write/notes');
  expect(refused.status).toBe(403);
  expect(refused.headers.get('coatcheck-problem')).toBe('insufficient_scope');
  rig.as.settings.grantedScopes = ['openid', 'notes:read', 'notes:write'];
  expect((await (await rig.signedIn()).fetch('/write/notes')).status).toBe(200);
});

requirement('BFF-TOK-04', 'without a scope that must be there, nobody is signed in', async () => {
  rig.as.settings.grantedScopes = ['openid', 'notes:write'];
  await expectRefusedSignIn(rig, ['missing_scope']);
  // Near misses are others.
  for (const scope of ['openid notes:read2', 'openid NOTES:READ', 'openid', '']) {
    rig.as.change('tokenResponse', 'once', withMembers({ scope }));
    await expectRefusedSignIn(rig, ['missing_scope']);
  }
  // No word about it means: as asked (RFC 6749 §5.1).
  rig.as.change('tokenResponse', 'once', withMembers({ scope: undefined }));
  await rig.signedIn();
});

requirement('BFF-TOK-05', 'an answer without an ID token signs nobody in', async () => {
  for (const idToken of [undefined, null, '', 7]) {
    rig.as.change('tokenResponse', 'once', withMembers({ id_token: idToken }));
    await expectRefusedSignIn(rig, badIdToken);
  }
  // Nor does one that only says openid was not granted.
  rig.as.settings.grantedScopes = ['notes:read'];
  await expectRefusedSignIn(rig, badIdToken);
});

requirement('BFF-TOK-06', 'a code whose answer is lost is not sent again', async () => {
  for (const fault of [faults.reset(), faults.loseAnswer(), faults.cutBody()]) {
    const jar = rig.jar();
    const callback = await rig.begin(jar);
    const copy = jar.clone();
    rig.as.on('token', 'always', fault);
    const answer = await rig.finish(jar, callback);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain(`href="${rig.bff.paths.login}`);
    // Neither by itself, nor for who reloads the page, nor for a browser that kept the cookie.
    for (const again of [jar, copy]) expect((await rig.finish(again, callback)).status).toBe(400);
    expect(rig.as.hits('token')).toBe(1);
    expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
    rig.reset();
  }
  await rig.signedIn();
});
