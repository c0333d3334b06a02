import { forge } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256', path: '/tenant' } });
});
afterEach(() => {
  rig.reset();
  delete rig.as.settings.authTime;
  delete rig.as.settings.acr;
});
afterAll(() => rig.close());

const clientId = 'coatcheck-test';

/** Each of these claims alone spoils a sign-in. */
async function expectEachRefused(claims: readonly Record<string, unknown>[]): Promise<void> {
  for (const one of claims) {
    rig.as.change('idToken', 'once', forge.claims(one));
    await expectRefusedSignIn(rig, badIdToken);
  }
}

async function expectEachTaken(claims: readonly Record<string, unknown>[]): Promise<void> {
  for (const one of claims) {
    rig.as.change('idToken', 'once', forge.claims(one));
    await rig.signedIn();
  }
}

const now = () => Math.floor(Date.now() / 1_000);

requirement('BFF-IDT-06', 'an issuer that is nearly the configured one is another', async () => {
  const { issuer } = rig.as;
  await expectEachRefused(
    [
      'https://evil.test',
      `${issuer}/`,
      issuer.replace('/tenant', '/TENANT'),
      issuer.replace('/tenant', ''),
      issuer.replace('/tenant', '/other'),
      issuer.replace('http:', 'https:'),
      issuer.replace('http:', 'HTTP:'),
      issuer.replace('127.0.0.1', 'localhost'),
      issuer.replace('http://', ''),
      `${issuer}?x`,
      ` ${issuer}`,
      [issuer],
      '',
      null,
      undefined,
    ].map((iss) => ({ iss })),
  );
});

requirement('BFF-IDT-07', 'the audience is us, in a text or in a list of one', async () => {
  await expectEachTaken([{ aud: clientId }, { aud: [clientId] }]);
  await expectEachRefused(
    [
      'someone-else',
      clientId.toUpperCase(),
      `${clientId} `,
      '',
      [],
      [[clientId]],
      ['x'],
      7,
      {},
      null,
      undefined,
    ].map((aud) => ({ aud })),
  );
});

requirement(
  'BFF-IDT-08',
  'an audience besides us is refused, and so is another authorized party',
  async () => {
    await expectEachRefused([
      { aud: [clientId, 'other'] },
      { aud: ['other', clientId], azp: clientId },
      { aud: [clientId, 7] },
      { azp: 'other' },
      { aud: [clientId], azp: 'other' },
      { azp: '' },
      { azp: null },
      { azp: [clientId] },
    ]);
    await expectEachTaken([{ azp: clientId }, { aud: [clientId], azp: clientId }]);
  },
);

requirement('BFF-IDT-09', 'exp and iat must be there, be numbers, and hold within the leeway', async () => {
  await expectEachRefused([
    { exp: undefined },
    { iat: undefined },
    { exp: now() - 300 },
    { exp: now() - 60 },
    { iat: now() + 3_600 },
    { iat: now() + 90 },
    { exp: String(now() + 300) },
    { iat: String(now()) },
    { exp: null },
    { exp: 0 },
    { iat: {} },
    { nbf: now() + 300 },
  ]);
  await expectEachTaken([{ exp: now() - 10 }, { iat: now() + 10 }, { nbf: now() + 10 }]);
});

requirement('BFF-IDT-10', 'the nonce is that of this very sign-in', async () => {
  await expectEachRefused(['other', '', undefined, null, 7].map((nonce) => ({ nonce })));
  // Of two tabs of one browser, each has its own.
  const jar = rig.jar();
  const first = await rig.begin(jar);
  const second = await rig.begin(jar);
  const nonces = rig.as.requestsOf('authorize').slice(-2);
  const [own, parallel] = nonces.map(({ query }) => query.get('nonce'));
  expect(own).not.toBe(parallel);
  rig.as.change('idToken', 'once', forge.claims({ nonce: parallel }));
  const answer = await rig.finish(jar, first);
  expect(badIdToken).toContain(answer.headers.get('coatcheck-problem'));
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  expect((await rig.finish(jar, second)).status).toBe(303);
});

requirement('BFF-IDT-11', 'a subject is 1 to 255 characters of ASCII', async () => {
  await expectEachRefused(
    ['', 'x'.repeat(256), 'x'.repeat(300), 'ål', 'a\nb', 'a\u0000', 7, null, undefined, ['x'], {}].map(
      (sub) => ({
        sub,
      }),
    ),
  );
  await expectEachTaken([{ sub: 'x'.repeat(255) }, { sub: 'auth0|a b/c' }]);
});

const stepUp = ['step_up_failed'];

requirement('BFF-IDT-12', 'a max_age that was asked for needs a recent auth_time', async () => {
  const more = { max_age: '60' };
  for (const authTime of [now() - 600, now() - 95, undefined, null, String(now()), 0]) {
    rig.as.change('idToken', 'once', forge.claims({ auth_time: authTime }));
    await expectRefusedSignIn(rig, [...stepUp, ...badIdToken], { more });
  }
  rig.as.change('idToken', 'once', forge.claims({ auth_time: now() - 600 }));
  await expectRefusedSignIn(rig, stepUp, { more: { max_age: '0' } });
  for (const authTime of [now(), now() - 60]) {
    rig.as.change('idToken', 'once', forge.claims({ auth_time: authTime }));
    await rig.signIn(rig.jar(), { more });
  }
  // Unasked it does not matter.
  rig.as.change('idToken', 'once', forge.claims({ auth_time: now() - 600 }));
  await rig.signedIn();
});

requirement('BFF-IDT-12', 'an acr that was asked for must be the answer', async () => {
  const more = { acr_values: 'urn:mfa urn:phr' };
  for (const acr of ['urn:password', 'urn:mf', 'urn:mfa urn:phr', '', undefined, null, ['urn:mfa'], 1]) {
    rig.as.change('idToken', 'once', forge.claims({ acr }));
    await expectRefusedSignIn(rig, stepUp, { more });
  }
  for (const acr of ['urn:mfa', 'urn:phr']) {
    rig.as.change('idToken', 'once', forge.claims({ acr }));
    await rig.signIn(rig.jar(), { more });
  }
});

requirement('BFF-IDT-15', 'another kind of JWT is no ID token, whatever it claims', async () => {
  for (const typ of [
    'at+jwt',
    'application/at+jwt',
    'logout+jwt',
    'secevent+jwt',
    'dpop+jwt',
    'AT+JWT',
    '',
    7,
  ]) {
    rig.as.change('idToken', 'once', forge.header({ typ }));
    await expectRefusedSignIn(rig, badIdToken);
  }
  for (const typ of ['JWT', 'jwt', 'application/jwt', undefined]) {
    rig.as.change('idToken', 'once', forge.header({ typ }));
    await rig.signedIn();
  }
});

requirement('BFF-IDT-15', 'real ones of this provider in its place are refused', async () => {
  const jar = rig.jar();
  for (const kind of ['access', 'logout'] as const) {
    const callback = await rig.begin(jar);
    const nonce = rig.as.requestsOf('authorize').at(-1)?.query.get('nonce');
    const token =
      kind === 'access'
        ? await rig.as.issueAccessToken({ audience: clientId, claims: { nonce } })
        : await rig.as.signLogoutToken({ sub: 'alice-0001', sid: 'x', nonce, exp: now() + 300 });
    rig.as.change('idToken', 'once', () => token);
    const answer = await rig.finish(jar, callback);
    expect(badIdToken).toContain(answer.headers.get('coatcheck-problem'));
    expect(await rig.session(jar)).toMatchObject({ authenticated: false });
  }
});

const segment = (text: string) => Buffer.from(text).toString('base64url');

requirement('BFF-IDT-16', 'what is no JWT is refused, and nothing else happens', async () => {
  const [pid] = rig.bff.pids;
  const header = segment('{"alg":"ES256"}');
  for (const token of [
    'x',
    'x.y',
    `${header}.${segment('{}')}`,
    `${header}.${segment('{}')}.x.y`,
    `${header}.a.b.c.d`,
    '..',
    `${header}..`,
    `${segment('{')}.${segment('{}')}.x`,
    `${segment('[]')}.${segment('{}')}.x`,
    `${segment('null')}.${segment('null')}.x`,
    `${header}.${segment('{}')}.*`,
    'e30.e30.e30',
    `${header}.${segment(`{"a":"${'x'.repeat(700_000)}"}`)}.x`,
    'é.é.é',
  ]) {
    rig.as.change('idToken', 'once', () => token);
    await expectRefusedSignIn(rig, badIdToken);
  }
  for (const payload of ['no JSON', '[]', '["sub"]', 'null', '"text"', '7', '', '{"sub":', '\u0000']) {
    rig.as.change('idToken', 'once', forge.payload(payload));
    await expectRefusedSignIn(rig, badIdToken);
  }
  expect(rig.bff.pids[0]).toBe(pid);
  await rig.signedIn();
});
