import { forge, type JarResponse, jsonAnswer } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => {
  rig.reset();
  delete rig.as.settings.acr;
  delete rig.as.settings.authTime;
});
afterAll(() => rig.close());

/** The API refuses every token that does not come from a sign-in by this way (RFC 9470 §3). */
function demand(parameters: string): void {
  const challenge = `Bearer realm="api", error="insufficient_user_authentication", ${parameters}`;
  rig.upstream.on('*', 'always', () =>
    jsonAnswer({ error: 'insufficient_user_authentication' }, 401, { 'www-authenticate': challenge }),
  );
}

async function problemOf(answer: JarResponse): Promise<Record<string, unknown>> {
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.location).toBeUndefined();
  const body: unknown = await answer.json();
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

requirement(
  ['BFF-ADV-09', 'BFF-IDT-12'],
  'a challenge becomes a problem with what is asked; the sign-in asks for it, and then the same call passes',
  async () => {
    const jar = await rig.signedIn();
    demand('acr_values="urn:mfa", max_age="600"');
    const refused = await rig.call(jar);
    expect(refused.status).toBe(401);
    expect(await problemOf(refused)).toMatchObject({
      code: 'step_up_required',
      acr_values: 'urn:mfa',
      max_age: 600,
    });
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });

    const before = jar.cookie(rig.bff.cookies.ticket);
    const more = { acr_values: 'urn:mfa', max_age: '600' };
    const answer = await rig.finish(jar, await rig.begin(jar, { more, returnTo: '/notes?draft=1#end' }));
    expect(answer.headers.get('location')).toBe('/notes?draft=1#end');
    const asked = rig.as.requestsOf('authorize').at(-1)?.query;
    expect([asked?.get('acr_values'), asked?.get('max_age')]).toEqual(['urn:mfa', '600']);
    expect(jar.cookie(rig.bff.cookies.ticket)).not.toBe(before);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true, acr: 'urn:mfa' });
    rig.upstream.reset();
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement(
  'BFF-ADV-09',
  'a sign-in that is too weak ends with one error, and the session stays',
  async () => {
    const jar = await rig.signedIn();
    rig.as.settings.acr = 'urn:password';
    const callback = await rig.begin(jar, {
      more: { acr_values: 'urn:mfa', on_error: 'return' },
      returnTo: '/notes',
    });
    const refused = await rig.finish(jar, callback);
    expect(refused.headers.get('location')).toBe('/notes?login_error=step_up_failed');
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    expect(rig.as.hits('authorize')).toBe(2);
  },
);

requirement(
  'BFF-ADV-09',
  'an API that asks again for what there is ends the round with one error',
  async () => {
    const jar = await rig.signedIn();
    demand('acr_values="urn:mfa"');
    await rig.signIn(jar, { more: { acr_values: 'urn:mfa' } });
    const again = await rig.call(jar);
    expect(again.status).toBe(403);
    expect(await problemOf(again)).toMatchObject({ code: 'step_up_failed' });
  },
);

requirement('BFF-IDT-12', 'a step-up by somebody else changes nothing', async () => {
  const jar = await rig.signedIn();
  const callback = await rig.begin(jar, { more: { acr_values: 'urn:mfa' }, user: { sub: 'mallory-0009' } });
  const refused = await rig.finish(jar, callback);
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('identity_mismatch');
  expect(await rig.session(jar)).toMatchObject({ user: { sub: 'alice-0001' } });
  expect((await rig.call(jar)).status).toBe(200);
});

requirement(
  'BFF-IDT-12',
  'an auth_time that is missing or too old ends a step-up, not the session',
  async () => {
    const jar = await rig.signedIn();
    for (const age of [600, undefined]) {
      if (age === undefined) rig.as.change('idToken', 'once', forge.claims({ auth_time: undefined }));
      else rig.as.settings.authTime = Math.floor(Date.now() / 1_000) - age;
      const refused = await rig.finish(jar, await rig.begin(jar, { more: { max_age: '60' } }));
      expect(await refused.text()).toContain('step_up_failed');
      expect(await rig.session(jar)).toMatchObject({ authenticated: true });
      delete rig.as.settings.authTime;
    }
  },
);
