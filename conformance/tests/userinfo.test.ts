import { type Exchange, faults, type Handler, startUpstream, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** A provider that tells who somebody is at UserInfo alone. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256', profileInIdToken: false },
    provider: { config: { userInfo: true, requestTimeout: '1s' } },
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

requirement('BFF-TOK-07', 'what UserInfo says of the same subject is taken', async () => {
  const jar = await rig.signedIn();
  expect(await rig.session(jar)).toMatchObject({ user: { sub: 'alice-0001', name: 'Alice Example' } });
  const [request] = rig.as.requestsOf('userinfo');
  expect(request?.headers.authorization).toMatch(/^Bearer \S+$/);
  expect(request?.query.size).toBe(0);
});

requirement('BFF-TOK-07', 'what it says of somebody else is not, nor what it says of nobody', async () => {
  for (const sub of ['mallory', 'ALICE-0001', 'alice-0001 ', '', undefined, null, 7, ['alice-0001']]) {
    rig.as.change('userinfo', 'once', withMembers({ sub, name: 'Mallory', email: 'mallory@evil.test' }));
    await expectRefusedSignIn(rig, ['provider_response_invalid']);
  }
});

requirement('BFF-TOK-07', 'nor does it overrule the ID token', async () => {
  rig.as.settings.idTokenClaims = { name: 'Signed Name', email: undefined };
  rig.as.change(
    'userinfo',
    'once',
    withMembers({ name: 'Unsigned Name', iss: 'https://evil.test', sid: 'x' }),
  );
  const jar = await rig.signedIn();
  rig.as.settings.idTokenClaims = {};
  expect(await rig.session(jar)).toMatchObject({
    user: { name: 'Signed Name', email: 'alice@example.test' },
  });
});

requirement('BFF-TOK-07', 'an address is not verified because UserInfo says so of another one', async () => {
  for (const [signed, more, email, isVerified] of [
    [
      { email: 'boss@corp.test' },
      { email: 'me@mail.test', email_verified: true },
      'boss@corp.test',
      undefined,
    ],
    [{ email: 'me@mail.test' }, { email: 'me@mail.test', email_verified: true }, 'me@mail.test', true],
    [{ email_verified: true }, { email: 'boss@corp.test', email_verified: false }, 'boss@corp.test', false],
    [{ email: 'boss@corp.test', email_verified: false }, { email_verified: true }, 'boss@corp.test', false],
    [{}, { email: 'me@mail.test', email_verified: true }, 'me@mail.test', true],
  ] as const) {
    rig.as.settings.idTokenClaims = signed;
    rig.as.change('userinfo', 'once', withMembers({ ...more }));
    const { user } = await rig.session(await rig.signedIn());
    expect(user, JSON.stringify([signed, more])).toMatchObject({ email });
    expect(Object(user).email_verified, JSON.stringify([signed, more])).toBe(isVerified);
  }
  rig.as.settings.idTokenClaims = {};
});

const unavailable = ['provider_unavailable'];
const invalid = ['provider_response_invalid'];
const faulty: [string, Handler<Exchange>, string[]][] = [
  ['never', faults.never(), unavailable],
  ['a byte at a time, for ever', faults.drip(100, { endless: true }), unavailable],
  ['with 500', faults.status(500), unavailable],
  ['with 503 and HTML', faults.html(503), unavailable],
  ['with 429', faults.status(429), unavailable],
  ['with 404', faults.status(404), invalid],
  ['with 204', faults.status(204), invalid],
  ['with HTML', faults.html(), invalid],
  ['with nothing', faults.empty(), invalid],
  ['with invalid JSON', faults.invalidJson(), invalid],
  ['with half of it', faults.truncatedJson(), invalid],
  ['with a list', faults.jsonText('["sub"]'), invalid],
  ['with null', faults.jsonText('null'), invalid],
  ['with 100 MB', faults.hugeJson(100_000_000), invalid],
  ['with a bomb', faults.gzipBomb(200_000_000), invalid],
  ['and cuts it', faults.cutBody(), unavailable],
  ['by closing the connection', faults.reset(), unavailable],
  ['with a refusal', faults.error('invalid_token', 401), ['provider_error', ...invalid]],
  ['with an error and 200', faults.error('temporarily', 200), ['provider_error', ...invalid]],
];

for (const [how, fault, codes] of faulty) {
  requirement(['BFF-IDP-02', 'BFF-IDP-04'], `UserInfo that answers ${how} signs nobody in`, async () => {
    rig.as.on('userinfo', 'always', fault);
    const started = performance.now();
    await expectRefusedSignIn(rig, codes);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
}

requirement('BFF-IDP-05', 'UserInfo cannot send the access token elsewhere', async () => {
  const elsewhere = await startUpstream();
  for (const status of [301, 302, 303, 307, 308] as const) {
    rig.as.on('userinfo', 'once', faults.redirect(`${elsewhere.url}/userinfo`, status));
    await expectRefusedSignIn(rig, invalid);
  }
  expect(elsewhere.hits()).toBe(0);
  await elsewhere.close();
});

requirement('BFF-IDP-06', 'members that no object should have change nothing for anybody', async () => {
  const members = '"sub":"alice-0001","name":"Alice Example"';
  const hostile = `{${members},"__proto__":{"roles":["admin"],"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}`;
  rig.as.on('userinfo', 'once', faults.jsonText(hostile));
  const jar = await rig.signedIn();
  for (const one of [jar, await rig.signedIn({ user: { sub: 'bob' } })]) {
    const session = await rig.session(one);
    expect(session).toMatchObject({ authenticated: true });
    expect(JSON.stringify(session)).not.toMatch(/isAdmin|__proto__|"admin"/);
  }
});
