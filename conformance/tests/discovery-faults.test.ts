import { type Exchange, faults, type Handler, type Jar, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let bystander: Jar;
beforeAll(async () => {
  rig = await startRig({
    as: { accessTokenLifetime: 36_000 },
    provider: { config: { requestTimeout: '1s' } },
  });
  bystander = await rig.signedIn();
  // The new process has to ask for the metadata first.
  rig.as.on('discovery', 'always', faults.status(503));
  await rig.bff.restart();
});
afterEach(async () => {
  await rig.as.comeBack();
  rig.reset();
});
afterAll(() => rig.close());

async function expectNoStart(codes: readonly string[]): Promise<void> {
  // The pause after the failure before.
  await rig.advance(60);
  const jar = rig.jar();
  const started = performance.now();
  const answer = await jar.navigate(rig.bff.paths.login, { site: 'same-origin' });
  expect(performance.now() - started).toBeLessThan(3_000);
  expect([502, 503]).toContain(answer.status);
  expect(codes).toContain(answer.headers.get('coatcheck-problem'));
  expect(answer.location).toBeUndefined();
  expect([...jar.cookies.keys()].filter((name) => name.startsWith(rig.bff.cookies.loginPrefix))).toEqual([]);
  expect((await rig.call(bystander)).status).toBe(200);
  expect((await fetch(`${rig.bff.managementUrl}/livez`)).status).toBe(200);
}

const misconfigured = ['provider_misconfigured'];
const unavailable = ['provider_unavailable'];
const broken: [string, Handler<Exchange>, string[]][] = [
  ['never', faults.never(), unavailable],
  ['a byte at a time, for ever', faults.drip(100, { endless: true }), unavailable],
  ['with 500', faults.status(500), unavailable],
  ['with 404', faults.status(404), misconfigured],
  ['with HTML', faults.html(), misconfigured],
  ['with invalid JSON', faults.invalidJson(), misconfigured],
  ['with 10 MB', faults.hugeJson(10_000_000), misconfigured],
  ['with a redirect', faults.redirect('http://127.0.0.2:1/'), misconfigured],
  ['by closing the connection', faults.reset(), unavailable],
];

for (const [how, fault, codes] of broken) {
  requirement(
    ['BFF-KEY-06', 'BFF-IDP-02'],
    `metadata that is answered ${how} starts no sign-in`,
    async () => {
      rig.as.on('discovery', 'always', fault);
      await expectNoStart(codes);
    },
  );
}

requirement('BFF-KEY-01', 'metadata of another issuer, or of none, starts no sign-in', async () => {
  for (const issuer of ['https://evil.test', `${rig.as.issuer}/tenant`, '', undefined, 7]) {
    const stop = rig.as.change('metadata', 'always', withMembers({ issuer }));
    await expectNoStart(misconfigured);
    stop();
  }
});

requirement(
  'BFF-KEY-06',
  'a provider that is down starts no sign-in, and when it is back it does',
  async () => {
    await rig.as.goDown();
    await expectNoStart(unavailable);
    await rig.as.comeBack();
    await rig.advance(60);
    await rig.signedIn();
  },
);

requirement('BFF-KEY-01', 'nor does metadata whose issuer is only nearly the configured one', async () => {
  // OIDC Discovery §4.3: exactly. What is accepted here becomes the issuer of sessions, which the configured one finds.
  for (const issuer of [`${rig.as.issuer}/`, rig.as.issuer.replace('http', 'HTTP')]) {
    rig.as.change('metadata', 'always', withMembers({ issuer }));
    rig.as.on('discovery', 'once', faults.status(503));
    await rig.bff.restart();
    await expectNoStart(misconfigured);
    rig.as.reset();
  }
});
