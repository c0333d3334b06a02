import { type Exchange, faults, forge, type Handler, type Jar, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { createLeakSearch } from '../evidence/leak-search.ts';
import { logLines } from '../evidence/log-lines.ts';
import { badIdToken, expectRefusedSignIn } from '../evidence/refused-sign-in.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
/** Somebody whom all this must not touch. */
let bystander: Jar;
let pid: number | undefined;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256', accessTokenLifetime: 36_000 },
    provider: { config: { requestTimeout: '1s' } },
    config: { log: { level: 'trace' } },
  });
  bystander = await rig.signedIn({ user: { sub: 'bystander' } });
  pid = rig.bff.pids[0];
});
afterEach(async () => {
  await rig.as.comeBack();
  rig.reset();
});
afterAll(() => rig.close());

/** Nobody was thrown out, the process lives, and the log is clean. */
async function expectUntouched(): Promise<void> {
  expect((await rig.call(bystander)).status).toBe(200);
  expect(rig.bff.pids[0]).toBe(pid);
  expect(createLeakSearch(rig.as.canaries())(rig.bff.log())).toEqual([]);
  expect(() => logLines(rig.bff.log())).not.toThrow();
}

/** Nobody came in, and nobody else noticed anything. */
async function expectRefused(codes: readonly string[]): Promise<void> {
  await expectRefusedSignIn(rig, codes);
  await expectUntouched();
}

const unavailable = ['provider_unavailable'];
const invalid = ['provider_response_invalid'];
const tokenFaults: [string, Handler<Exchange>, string[]][] = [
  ['never', faults.never(), unavailable],
  ['a byte at a time, for ever', faults.drip(100, { endless: true }), unavailable],
  ['with 500', faults.status(500), unavailable],
  ['with 503', faults.status(503), unavailable],
  ['with 429', faults.status(429), unavailable],
  ['with 404', faults.status(404), invalid],
  ['with HTML', faults.html(200), invalid],
  ['with HTML and 500', faults.html(500), unavailable],
  ['with nothing', faults.empty(), invalid],
  ['with invalid JSON', faults.invalidJson(), invalid],
  ['with half of it', faults.truncatedJson(), invalid],
  ['with no object', faults.jsonText('["access_token"]'), invalid],
  ['with null', faults.jsonText('null'), invalid],
  ['with 10 MB', faults.hugeJson(10_000_000), invalid],
  ['with a bomb', faults.gzipBomb(50_000_000), invalid],
  ['and cuts it', faults.cutBody(), unavailable],
  ['by closing the connection', faults.reset(), unavailable],
  ['with no HTTP', faults.rawBytes('SSH-2.0-x\r\n'), unavailable],
  ['with a redirect', faults.redirect('http://127.0.0.2:1/', 307), invalid],
];

for (const [how, fault, codes] of tokenFaults) {
  requirement(
    ['BFF-IDP-02', 'BFF-IDP-04'],
    `a token endpoint that answers ${how} signs nobody in`,
    async () => {
      rig.as.on('token', 'always', fault);
      const started = performance.now();
      await expectRefused(codes);
      expect(performance.now() - started).toBeLessThan(5_000);
    },
  );
}

requirement('BFF-IDP-03', 'an error member decides, whatever the status', async () => {
  for (const status of [200, 400, 401, 403]) {
    for (const error of ['invalid_grant', 'invalid_client', 'invalid_request']) {
      rig.as.on('token', 'always', faults.error(error, status));
      await expectRefused(['provider_error', 'provider_misconfigured']);
      rig.as.reset();
    }
  }
});

const wrongTokens = {
  'signed with a flipped bit': forge.badSignature(),
  'signed with a key of somebody else': forge.foreignKey(),
  'not signed': forge.algNone(),
  'signed by NoNe': forge.algNone('nOnE'),
  'keyed with the client secret': forge.hs256('client-secret'),
  'keyed with the public key': forge.hs256('public-key-pem'),
};
for (const [what, forgery] of Object.entries(wrongTokens)) {
  requirement(['BFF-IDT-02', 'BFF-IDT-03', 'BFF-IDT-04'], `an ID token ${what} signs nobody in`, async () => {
    rig.as.change('idToken', 'always', forgery);
    await expectRefused(['id_token_invalid']);
  });
}

const wrongClaims: Record<string, Record<string, unknown>> = {
  'of another issuer': { iss: 'https://evil.test' },
  'of no issuer': { iss: undefined },
  'for another audience': { aud: 'someone-else' },
  'for one audience too many': { aud: ['coatcheck-test', 'someone-else'] },
  'for no audience': { aud: undefined },
  'for an empty audience': { aud: [] },
  'with another nonce': { nonce: 'other' },
  'without nonce': { nonce: undefined },
  'that has expired': { exp: 1_700_000_000 },
  'without exp': { exp: undefined },
  'without iat': { iat: undefined },
  'about nobody': { sub: undefined },
  'about a number': { sub: 7 },
};
for (const [what, claims] of Object.entries(wrongClaims)) {
  requirement(
    ['BFF-IDT-06', 'BFF-IDT-07', 'BFF-IDT-08', 'BFF-IDT-09', 'BFF-IDT-10', 'BFF-IDT-11'],
    `an ID token ${what} signs nobody in`,
    async () => {
      rig.as.change('idToken', 'always', forge.claims(claims));
      await expectRefused(badIdToken);
    },
  );
}

requirement('BFF-TOK-02', 'nor does an answer without a usable access token or ID token', async () => {
  for (const members of [
    { access_token: undefined },
    { access_token: 7 },
    { access_token: {} },
    { access_token: '' },
    { token_type: 'mac' },
    { token_type: undefined },
    { id_token: undefined },
    { id_token: 'x.y' },
    { id_token: ['x'] },
  ]) {
    rig.as.change('tokenResponse', 'always', withMembers(members));
    await expectRefused(badIdToken);
    rig.as.reset();
  }
});

requirement('BFF-IDP-04', 'nor a key set that is slow, broken, HTML or huge', async () => {
  // A process that knows no keys yet.
  await rig.bff.restart();
  pid = rig.bff.pids[0];
  for (const [fault, codes] of [
    [faults.never(), unavailable],
    [faults.status(500), unavailable],
    [faults.html(), [...invalid, 'id_token_invalid']],
    [faults.jsonText('{"keys":[]}'), ['id_token_invalid', ...invalid]],
    [faults.jsonText('{"keys":"none"}'), ['id_token_invalid', ...invalid]],
    [faults.hugeJson(10_000_000), [...invalid, 'id_token_invalid']],
    [faults.redirect('http://127.0.0.2:1/'), [...invalid, 'id_token_invalid']],
  ] as const) {
    rig.as.on('jwks', 'always', fault);
    await expectRefused(codes);
    rig.as.reset();
    // The library remembers a key set that it could read for five minutes.
    await rig.advance(301);
  }
  await rig.signIn(rig.jar());
});
