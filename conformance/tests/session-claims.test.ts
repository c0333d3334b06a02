import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { readEvents } from '../endings/event-reader.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Two instances, and a route that wants a scope. */
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    provider: { scopes: ['openid', 'profile', 'email', 'notes:write'] },
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      { prefix: '/write', upstream: url, config: { scopes: ['notes:write'] } },
    ],
  });
});
afterEach(() => {
  rig.bff.pin(undefined);
  rig.reset();
});
afterAll(() => rig.close());

advisory(
  63,
  'BFF-SESS-06',
  'a scope that a refresh has lost is lost to the routes, at every instance',
  async () => {
    const jar = await rig.signedIn({ user: { sub: 'narrowed' } });
    expect((await jar.fetch('/write/notes')).status).toBe(200);
    rig.as.change('tokenResponse', 'always', (members) => ({ ...members, scope: 'openid profile email' }));
    await rig.advance(301);
    for (const instance of [0, 1, 0]) {
      rig.bff.pin(instance);
      await expect.poll(async () => (await jar.fetch('/write/notes')).status).toBe(403);
      const refused = await jar.fetch('/write/notes');
      expect(refused.headers.get('coatcheck-problem')).toBe('insufficient_scope');
      expect((await rig.call(jar)).status).toBe(200);
    }
  },
);

advisory(
  63,
  'BFF-SESS-06',
  'claims that a refresh changed are what the app and its stream see from then on',
  async () => {
    const jar = await rig.signedIn({ user: { sub: 'promoted', name: 'Before', roles: ['user'] } });
    expect(await rig.session(jar)).toMatchObject({ roles: ['user'], user: { name: 'Before' } });
    rig.bff.pin(0);
    const reader = await readEvents(jar.clone(), rig.bff.paths.events);
    rig.as.change('idToken', 'always', (draft) => {
      Object.assign(draft.claims, { roles: ['user', 'admin'], name: 'After' });
    });
    await rig.advance(301);
    expect((await rig.call(jar)).status).toBe(200);
    for (const instance of [0, 1]) {
      rig.bff.pin(instance);
      await expect
        .poll(() => rig.session(jar))
        .toMatchObject({ roles: ['user', 'admin'], user: { sub: 'promoted', name: 'After' } });
    }
    await expect
      .poll(() => reader.events.find(({ name }) => name === 'claims-changed'))
      .toMatchObject({ name: 'claims-changed', data: { session: { roles: ['user', 'admin'] } } });
    reader.close();
  },
);

advisory(63, 'BFF-SESS-06', 'the app is told of the scopes that are left after a refresh', async () => {
  const jar = await rig.signedIn({ user: { sub: 'told' } });
  expect((await rig.session(jar)).scopes).toContain('notes:write');
  rig.as.change('tokenResponse', 'always', (members) => ({ ...members, scope: 'openid profile email' }));
  await rig.advance(301);
  expect((await rig.call(jar)).status).toBe(200);
  expect((await jar.fetch('/write/notes')).status).toBe(403);
  expect((await rig.session(jar)).scopes).toEqual(['openid', 'profile', 'email']);
});
