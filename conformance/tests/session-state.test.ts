import { withMembers } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { logLines } from '../evidence/log-lines.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Of a log line. */
const warning = 40;

/** A provider that offers OpenID Session Management 1.0, with all that Keycloak and others send for it. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' } });
  const iframe = `${rig.as.issuer}/check-session`;
  rig.as.change('metadata', 'always', withMembers({ check_session_iframe: iframe }));
  const round = numbers();
  rig.as.change('authorizationResponse', 'always', (parameters) => {
    parameters.set('session_state', `state-${round.next().value}.${'x'.repeat(40)}`);
  });
  rig.as.change('tokenResponse', 'always', (members) => ({
    ...members,
    session_state: `token-${round.next().value}`,
  }));
  await rig.bff.restart();
});
afterAll(() => rig.close());

function* numbers(): Generator<number, never> {
  for (let number = 1; ; number += 1) yield number;
}

requirement('BFF-LOGOUT-11', 'a session_state is no trouble, and nothing depends on it', async () => {
  const jar = await rig.signedIn({ returnTo: '/notes?x=1' });
  for (let round = 0; round < 3; round += 1) {
    const answer = await rig.call(jar);
    expect(answer.status).toBe(200);
    const view = await rig.session(jar);
    expect(view).toMatchObject({ authenticated: true });
    expect(JSON.stringify(view)).not.toMatch(/session_state|state-\d/);
    // A refresh brings another one.
    await rig.advance(301);
  }
  expect((await jar.fetch(rig.bff.paths.logout, { method: 'POST' })).status).toBe(200);
  expect(await rig.session(jar)).toMatchObject({ authenticated: false });
});

requirement('BFF-LOGOUT-11', 'it reaches neither the return address nor the log as an error', async () => {
  const jar = rig.jar();
  const answer = await rig.signIn(jar, { returnTo: '/notes?x=1' });
  expect(answer.headers.get('location')).toBe('/notes?x=1');
  expect(rig.bff.log()).not.toContain('session_state');
  const troubled = logLines(rig.bff.log()).filter(({ level }) => Number(level) >= warning);
  // A machine with few file descriptors is told so at start.
  expect(troubled.filter(({ msg }) => !String(msg).includes('ulimit'))).toEqual([]);
});

requirement('BFF-LOGOUT-11', 'the session frame is never asked for, and no page may load it', async () => {
  const jar = await rig.signedIn();
  await rig.call(jar);
  expect(rig.as.requests.filter(({ path }) => path.includes('check-session'))).toEqual([]);
  expect(rig.as.hits('unknown')).toBe(0);
  for (const path of ['/', rig.bff.paths.session, rig.bff.paths.logoutCallback]) {
    const policy = (await jar.navigate(path)).headers.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/frame-src (?!'none')|child-src (?!'none')/);
  }
});

requirement(
  'BFF-LOGOUT-11',
  'the provider’s own session ending changes nothing until it says so',
  async () => {
    const jar = await rig.signedIn();
    // What the frame would notice: the provider's cookies are gone. What counts is a logout token, or the refresh.
    expect((await rig.call(jar)).status).toBe(200);
    rig.as.revokeGrants();
    expect((await rig.call(jar)).status).toBe(200);
    await rig.advance(301);
    expect((await rig.call(jar)).status).toBe(401);
  },
);
