import type { Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Sign-ins that somebody else starts (OpenID Connect Core §4; `oidcc-client-test-3rd-party-init-login`). */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ second: {} });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

function initiate(jar: Jar, parameters: Record<string, string>, method: 'GET' | 'POST' = 'GET') {
  const form = new URLSearchParams(parameters);
  const { initiateLogin } = rig.bff.paths;
  return method === 'GET'
    ? jar.navigate(`${initiateLogin}?${form}`, { site: 'cross-site' })
    : jar.navigate(initiateLogin, { site: 'cross-site', method, body: form });
}

for (const method of ['GET', 'POST'] as const) {
  requirement(
    'BFF-LOGIN-10',
    `a portal of a configured provider starts a sign-in by ${method}, which ends where it said`,
    async () => {
      const jar = rig.jar();
      const started = await initiate(
        jar,
        { iss: rig.otherAs.issuer, login_hint: 'alice', target_link_uri: `${rig.bff.url}/notes?id=7#last` },
        method,
      );
      expect([302, 303]).toContain(started.status);
      const url = new URL(started.location ?? '');
      expect(url.origin).toBe(new URL(rig.otherAs.issuer).origin);
      expect(url.searchParams.get('login_hint')).toBe('alice');
      const answer = await rig.finish(jar, await rig.otherAs.authorize(url.href));
      expect(answer.status).toBe(303);
      expect(answer.headers.get('location')).toBe('/notes?id=7#last');
      expect(await rig.session(jar)).toMatchObject({ authenticated: true, provider: 'other' });
    },
  );
}

requirement('BFF-LOGIN-10', 'an unknown, missing or repeated iss is refused without a redirect', async () => {
  const jar = rig.jar();
  for (const query of [
    'iss=https%3A%2F%2Fevil.test',
    `iss=${encodeURIComponent(`${rig.as.issuer}/`)}`,
    `iss=${encodeURIComponent(rig.as.issuer.toUpperCase())}`,
    '',
    `iss=${encodeURIComponent(rig.as.issuer)}&iss=${encodeURIComponent(rig.otherAs.issuer)}`,
  ]) {
    const refused = await jar.navigate(`${rig.bff.paths.initiateLogin}?${query}`, { site: 'cross-site' });
    expect(refused.status).toBe(400);
    expect(refused.location).toBeUndefined();
  }
  expect(rig.as.hits('authorize') + rig.otherAs.hits('authorize')).toBe(0);
});

requirement('BFF-LOGIN-10', 'a target that is not ours is refused without a redirect', async () => {
  const jar = rig.jar();
  const { url } = rig.bff;
  for (const target of [
    'https://evil.test/',
    `${url}.evil.test/`,
    `${url}@evil.test/`,
    `${url}//evil.test`,
    `${url}/\\evil.test`,
    '//evil.test',
    '/notes',
    'javascript:alert(1)',
    url.replace('http:', 'ftp:'),
    `${url}${rig.bff.paths.login}`,
  ]) {
    const refused = await initiate(jar, { iss: rig.as.issuer, target_link_uri: target });
    expect(refused.status, target).toBe(400);
    expect(refused.location).toBeUndefined();
  }
});

requirement('BFF-LOGIN-10', 'it passes nothing else on, and is no fetch and no frame', async () => {
  const jar = rig.jar();
  const started = await initiate(jar, {
    iss: rig.as.issuer,
    scope: 'admin',
    prompt: 'none',
    acr_values: 'x',
  });
  const { searchParams } = new URL(started.location ?? '');
  expect(searchParams.get('scope')).not.toContain('admin');
  for (const name of ['prompt', 'acr_values']) expect(searchParams.has(name)).toBe(false);
  const { initiateLogin } = rig.bff.paths;
  const fetched = await jar.fetch(`${initiateLogin}?iss=${encodeURIComponent(rig.as.issuer)}`);
  expect(fetched.status).toBe(403);
});
