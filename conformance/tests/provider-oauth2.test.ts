import { jsonAnswer } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    provider: ({ issuer }) => ({
      config: {
        profile: 'oauth2',
        scopes: ['profile', 'email', 'photos'],
        endpoints: {
          authorization: `${issuer}/authorize`,
          // Another spelling of the same.
          token: `${issuer.replace('http', 'HTTP')}/token`,
          userInfo: `${issuer}/userinfo`,
          revocation: `${issuer}/revoke`,
        },
        claimMapping: { sub: 'account.number', name: 'account.display_name', roles: 'teams' },
      },
    }),
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const account = { account: { number: 4711, display_name: 'Olga O' }, teams: ['blue'], email: 'o@o.test' };

function answerWith(value: unknown, status = 200): void {
  rig.as.on('userinfo', 'always', () => jsonAnswer(value, status));
}

requirement(
  'BFF-PROV-06',
  'any OAuth 2.0 server signs people in, by its own names for what it knows',
  async () => {
    answerWith(account);
    const jar = await rig.signedIn();
    expect(await rig.session(jar)).toMatchObject({
      user: { sub: '4711', name: 'Olga O', email: 'o@o.test' },
      roles: ['blue'],
      scopes: ['profile', 'email', 'photos'],
    });
    await rig.advance(290);
    expect((await rig.call(jar)).status).toBe(200);
    expect(rig.as.requestsOf('discovery')).toEqual([]);
  },
);

requirement('BFF-PROV-06', 'an answer that names nobody signs nobody in', async () => {
  for (const value of [
    {},
    { account: { number: '' } },
    { account: { number: 1.5 } },
    { account: { number: ['1'] } },
    [],
  ]) {
    answerWith(value);
    const jar = rig.jar();
    const answer = await rig.finish(jar, await rig.begin(jar));
    expect(answer.headers.get('coatcheck-problem'), JSON.stringify(value)).toBe('provider_response_invalid');
    rig.as.reset();
  }
});

requirement('BFF-PROV-06', 'an endpoint that refuses or fails signs nobody in', async () => {
  for (const [status, problem] of [
    [401, 'provider_error'],
    [503, 'provider_unavailable'],
  ] as const) {
    answerWith({ error: 'no' }, status);
    const jar = rig.jar();
    const answer = await rig.finish(jar, await rig.begin(jar));
    expect(answer.headers.get('coatcheck-problem')).toBe(problem);
    rig.as.reset();
  }
});

requirement('BFF-IDT-12', 'a step-up that nobody could prove fails before a code is sent', async () => {
  answerWith(account);
  const jar = rig.jar();
  const answer = await rig.finish(jar, await rig.begin(jar, { more: { max_age: '60' } }));
  expect(answer.headers.get('coatcheck-problem')).toBe('step_up_failed');
  expect(rig.as.hits('token')).toBe(0);
});

requirement(
  'BFF-PROV-11',
  'its tokens are revoked by RFC 7009 where it has an endpoint for that',
  async () => {
    answerWith(account);
    const jar = await rig.signedIn();
    await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
    await expect.poll(() => rig.as.hits('revocation')).toBe(1);
  },
);
