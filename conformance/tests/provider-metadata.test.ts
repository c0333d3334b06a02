import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { faults, makeCertificate, startAuthorizationServer, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const hour = 3_600;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' }, provider: { config: { requestTimeout: '1s' } } });
});
afterEach(async () => {
  await rig.as.comeBack();
  rig.reset();
  delete rig.as.settings.documentCacheControl;
});
afterAll(() => rig.close());

/** The origin and path to which a sign-in sends the browser. */
async function startsAt(): Promise<string> {
  const { location = '' } = await rig.jar().navigate(rig.bff.paths.login, { site: 'same-origin' });
  return location.split('?')[0] ?? '';
}

/** How the provider answers the management's question. */
async function readiness(): Promise<unknown> {
  const answer = await fetch(`${rig.bff.managementUrl}/readyz`);
  return answer.json();
}

requirement('BFF-KEY-06', 'metadata is loaded once, and again when its life is over', async () => {
  rig.as.settings.documentCacheControl = 'max-age=600';
  rig.as.clearRecords();
  await rig.bff.restart();
  for (let times = 0; times < 5; times += 1) await rig.signedIn();
  expect(rig.as.hits('discovery')).toBe(1);
  const place = `${rig.as.issuer}/elsewhere`;
  rig.as.change('metadata', 'always', withMembers({ authorization_endpoint: place }));
  await rig.advance(400);
  expect(await startsAt()).toBe(`${rig.as.issuer}/authorize`);
  expect(rig.as.hits('discovery')).toBe(1);
  await rig.advance(201);
  // The first one still goes by the old one, and nobody waits.
  await startsAt();
  await expect.poll(startsAt).toBe(place);
  expect(rig.as.hits('discovery')).toBe(2);
  expect(rig.bff.log()).toContain('it changed its metadata: authorization_endpoint');
  rig.reset();
  await rig.advance(600);
  await expect.poll(startsAt).toBe(`${rig.as.issuer}/authorize`);
});

requirement('BFF-KEY-06', 'what was loaded stays in use while no newer can be had', async () => {
  await rig.signedIn();
  await rig.as.goDown();
  await rig.advance(30 * hour);
  expect(await startsAt()).toBe(`${rig.as.issuer}/authorize`);
  expect(await readiness()).toMatchObject({ providers: { main: true } });
  await rig.as.comeBack();
  for (const fault of [faults.status(500), faults.status(404), faults.html(), faults.invalidJson()]) {
    const stop = rig.as.on('discovery', 'always', fault);
    await rig.advance(2 * hour);
    await startsAt();
    await expect.poll(() => rig.as.hits('discovery')).toBeGreaterThan(0);
    rig.as.clearRecords();
    await rig.signedIn();
    stop();
  }
  for (const members of [
    { issuer: 'https://evil.test' },
    { token_endpoint: 'http://192.0.2.1/token' },
    { authorization_endpoint: 7 },
  ]) {
    const stop = rig.as.change('metadata', 'always', withMembers(members));
    await rig.advance(2 * hour);
    await startsAt();
    await expect.poll(() => rig.as.hits('discovery')).toBeGreaterThan(0);
    rig.as.clearRecords();
    await rig.signedIn();
    stop();
  }
});

requirement(
  'BFF-KEY-06',
  'a provider that is down at the start is shown as not ready, and told in the log',
  async () => {
    await rig.as.goDown();
    await rig.bff.restart();
    await expect
      .poll(() => rig.bff.log())
      .toMatch(/provider main: its metadata could not be loaded.*ECONNREFUSED/);
    expect(await readiness()).toMatchObject({ providers: { main: false } });
    await rig.as.comeBack();
    await rig.advance(60);
    await expect.poll(readiness).toMatchObject({ providers: { main: true } });
    await rig.signedIn();
  },
);

requirement('BFF-KEY-01', 'the log says in one line what differs, and what to set', async () => {
  const issuer = `${rig.as.issuer}/tenant`;
  rig.as.change('metadata', 'always', withMembers({ issuer }));
  await rig.bff.restart();
  await rig.jar().navigate(rig.bff.paths.login, { site: 'same-origin' });
  const line = rig.bff
    .log()
    .split('\n')
    .findLast((one) => one.includes('could not be loaded'));
  expect(line).toContain(`says that its issuer is ${issuer}`);
  expect(line).toContain(`the configuration says ${rig.as.issuer}`);
  expect(line).toContain(`set issuer to ${issuer}`);
  rig.reset();
  await rig.advance(60);
  await rig.signedIn();
});

const endpoints = [
  'authorization_endpoint',
  'token_endpoint',
  'jwks_uri',
  'userinfo_endpoint',
  'end_session_endpoint',
  'pushed_authorization_request_endpoint',
  'revocation_endpoint',
];

requirement('BFF-TOK-08', 'a provider with an endpoint that is not https is not used', async () => {
  rig.as.on('discovery', 'once', faults.status(503));
  await rig.bff.restart();
  await expect.poll(() => rig.as.hits('discovery')).toBeGreaterThan(0);
  for (const name of endpoints) {
    for (const place of [
      'http://192.0.2.1/x',
      'http://127.0.0.1.evil.test/x',
      'ftp://127.0.0.1/x',
      '/x',
      7,
    ]) {
      const stop = rig.as.change('metadata', 'always', withMembers({ [name]: place }));
      await rig.advance(60);
      const answer = await rig.jar().navigate(rig.bff.paths.login, { site: 'same-origin' });
      expect(answer.headers.get('coatcheck-problem'), `${name}: ${place}`).toBe('provider_misconfigured');
      expect(answer.location).toBeUndefined();
      stop();
    }
  }
  await rig.advance(60);
  await rig.signedIn();
});

requirement(
  'BFF-TOK-08',
  'a provider whose certificate nobody vouches for gets no request at all',
  async () => {
    const tls = await makeCertificate();
    const strange = await startAuthorizationServer({ tls });
    const folder = await mkdtemp(path.join(tmpdir(), 'coatcheck-authority-'));
    const authority = path.join(folder, 'authority.pem');
    await writeFile(authority, tls.cert);
    const provider = { issuer: strange.issuer };
    const distrusting = await startRig({ provider });
    const answer = await distrusting.jar().navigate(distrusting.bff.paths.login, { site: 'same-origin' });
    expect([502, 503]).toContain(answer.status);
    expect(answer.location).toBeUndefined();
    expect(strange.requests).toEqual([]);
    expect(strange.connections).toBeGreaterThan(0);
    await distrusting.close();
    // The same with an authority that does.
    const trusting = await startRig({ provider, env: { NODE_EXTRA_CA_CERTS: authority } });
    const started = await trusting.jar().navigate(trusting.bff.paths.login, { site: 'same-origin' });
    expect(started.location).toContain(`${strange.issuer}/authorize?`);
    await trusting.close();
    await strange.close();
    await rm(folder, { recursive: true });
  },
);
