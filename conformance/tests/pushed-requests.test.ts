import { faults } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const details = [{ type: 'payment', actions: ['initiate'], amount: { currency: 'EUR', value: '12.50' } }];
const claims = { id_token: { auth_time: { essential: true } }, userinfo: { phone_number: null } };

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { par: 'required' },
    provider: {
      config: { pushedAuthorizationRequests: 'required', authorizationDetails: details, claims },
    },
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

requirement('BFF-ADV-01', 'a sign-in pushes everything, and the browser carries two parameters', async () => {
  const jar = rig.jar();
  const started = await jar.navigate(rig.bff.loginPath({ returnTo: '/orders' }), { site: 'same-origin' });
  expect([302, 303]).toContain(started.status);
  const url = new URL(started.location ?? '');
  expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
  const [pushed, ...more] = rig.as.requestsOf('par');
  expect(more).toEqual([]);
  expect(pushed?.method).toBe('POST');
  expect(pushed?.headers.authorization).toMatch(/^Basic /);
  const form = pushed?.form ?? new URLSearchParams();
  expect(Object.fromEntries(form)).toMatchObject({
    response_type: 'code',
    redirect_uri: `${rig.bff.url}${rig.bff.paths.callback('main')}`,
    code_challenge_method: 'S256',
    state: expect.stringMatching(/^[\w-]{22,}$/),
    nonce: expect.stringMatching(/^[\w-]{22,}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
  });
  expect(form.has('client_secret')).toBe(false);
  await rig.finish(jar, await rig.as.authorize(url.href));
  expect((await rig.call(jar)).status).toBe(200);
});

requirement('BFF-ADV-01', 'rich authorization details and single claims go along as JSON', async () => {
  await rig.signIn(rig.jar());
  const form = rig.as.requestsOf('par').at(-1)?.form;
  expect(JSON.parse(form?.get('authorization_details') ?? '')).toEqual(details);
  expect(JSON.parse(form?.get('claims') ?? '')).toEqual(claims);
});

requirement('BFF-ADV-01', 'two sign-ins are two pushes with nothing in common', async () => {
  await rig.signIn(rig.jar());
  await rig.signIn(rig.jar());
  const [first, second, ...more] = rig.as.requestsOf('par').map(({ form }) => form);
  expect(more).toEqual([]);
  for (const name of ['state', 'nonce', 'code_challenge'])
    expect(first?.get(name)).not.toBe(second?.get(name));
});

requirement('BFF-ADV-02', 'a push that fails is the end of it: no redirect, no plain request', async () => {
  const failures = {
    refused: faults.error('invalid_request'),
    unknown: faults.error('invalid_client', 401),
    broken: faults.status(500),
    busy: faults.status(429),
    nonsense: faults.jsonText('{"request_uri":7}', 201),
    empty: faults.jsonText('{}', 201),
  };
  for (const [what, failure] of Object.entries(failures)) {
    const jar = rig.jar();
    const off = rig.as.on('par', 'always', failure);
    const answer = await jar.navigate(rig.bff.loginPath(), { site: 'same-origin' });
    off();
    expect([400, 502, 503], what).toContain(answer.status);
    expect(answer.location, what).toBeUndefined();
    expect(answer.headers.get('content-type'), what).toContain('text/html');
    expect(
      [...jar.cookies.keys()].filter((name) => name.startsWith(rig.bff.cookies.loginPrefix)),
      what,
    ).toEqual([]);
  }
  expect(rig.as.hits('authorize')).toBe(0);
});

requirement('BFF-ADV-02', 'a provider that no longer offers it is not asked in the open', async () => {
  const other = await startRig({
    as: { par: 'off' },
    provider: { config: { pushedAuthorizationRequests: 'required' } },
  });
  try {
    const answer = await other.jar().navigate(other.bff.loginPath(), { site: 'same-origin' });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('coatcheck-problem')).toBe('provider_misconfigured');
    expect(answer.location).toBeUndefined();
    expect(other.as.hits('authorize')).toBe(0);
  } finally {
    await other.close();
  }
});

requirement('BFF-ADV-01', 'where it is only offered, a sign-in uses it too', async () => {
  const other = await startRig({ as: { par: 'offered' } });
  try {
    await other.signIn(other.jar());
    expect(other.as.hits('par')).toBe(1);
  } finally {
    await other.close();
  }
});
