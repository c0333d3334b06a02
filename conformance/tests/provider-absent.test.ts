import { faults, withMembers } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ provider: { config: { requestTimeout: '1s' } } });
});
afterAll(() => rig.close());

/** Nobody who is not signed in gets anywhere, and nobody can sign in. */
async function expectClosed(): Promise<void> {
  const { login, session, callback, extend, logout } = rig.bff.paths;
  const forged = rig.jar();
  forged.setCookie(rig.bff.cookies.ticket, 'x'.repeat(200));
  for (const jar of [rig.jar(), forged]) {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      expect([401, 503], method).toContain((await jar.fetch('/api/notes', { method })).status);
    }
    expect([401, 503]).toContain((await jar.fetch(extend, { method: 'POST', json: {} })).status);
    expect((await jar.fetch(session)).status).toBe(200);
    expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
    expect((await jar.fetch(logout, { method: 'POST', json: {} })).status).toBeLessThan(500);
    const answers = [
      await jar.navigate(login, { site: 'same-origin' }),
      await jar.navigate(`${callback('main')}?code=x&state=y`, { site: 'cross-site' }),
    ];
    for (const answer of answers) {
      expect([400, 502, 503]).toContain(answer.status);
      expect(answer.location).toBeUndefined();
    }
  }
  expect(rig.upstream.hits()).toBe(0);
}

advisory(52, 'BFF-KEY-06', 'a provider that is down or wrong at the start opens nothing', async () => {
  const signedIn = await rig.signedIn();
  await rig.as.goDown();
  await rig.bff.restart();
  await expectClosed();
  // Who was signed in before needs no provider, as long as the access token lives; after that there is none.
  expect((await rig.call(signedIn)).status).toBe(200);
  rig.upstream.clearRecords();
  await rig.advance(301);
  expect((await rig.call(signedIn)).status).toBe(503);
  expect(rig.upstream.hits()).toBe(0);
  await rig.as.comeBack();
  for (const prepare of [
    () => rig.as.on('discovery', 'always', faults.status(500)),
    () => rig.as.on('discovery', 'always', faults.error('server_error', 200)),
    () => rig.as.on('discovery', 'always', faults.jsonText('null')),
    () => rig.as.change('metadata', 'always', withMembers({ issuer: 'https://evil.test' })),
    () => rig.as.change('metadata', 'always', withMembers({ authorization_endpoint: undefined })),
    () => rig.as.change('metadata', 'always', withMembers({ token_endpoint: undefined })),
  ]) {
    const stop = prepare();
    await rig.advance(60);
    await expectClosed();
    stop();
  }
  await rig.advance(60);
  await rig.signedIn();
});
