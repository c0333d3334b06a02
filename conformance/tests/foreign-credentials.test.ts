import { randomBytes } from 'node:crypto';
import { headerValues } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { tokensAt } from '../evidence/tokens.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const newKey = () => randomBytes(32).toString('base64url');
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    keys: [newKey()],
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      { prefix: '/maybe', upstream: url, config: { session: 'optional' } },
      { prefix: '/open', upstream: url, config: { session: 'none' } },
    ],
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

advisory(
  67,
  [],
  'an access token from outside opens nothing and goes nowhere, however good it is',
  async () => {
    const token = await rig.as.issueAccessToken();
    const own = await rig.signedIn();
    const stranger = rig.jar();
    const spellings = ['authorization', 'Authorization', 'AUTHORIZATION', 'proxy-authorization', 'dpop'];
    const values = [
      `Bearer ${token}`,
      `bearer ${token}`,
      `DPoP ${token}`,
      token,
      `Bearer ${token}, Basic eDp5`,
    ];
    for (const name of spellings) {
      for (const value of values) {
        const headers = { [name]: value };
        const about = `${name}: ${value.slice(0, 8)}`;
        expect((await stranger.fetch('/api/notes', { headers })).status, about).toBe(401);
        expect(await (await stranger.fetch(rig.bff.paths.session, { headers })).json(), about).toEqual({
          authenticated: false,
          reason: 'none',
        });
        expect(rig.upstream.hits(), about).toBe(0);
        for (const path of ['/maybe/x', '/open/x']) {
          expect((await stranger.fetch(path, { headers })).status, about).toBe(200);
        }
        expect(rig.upstream.requests.flatMap(({ rawHeaders }) => rawHeaders).join('\n'), about).not.toContain(
          token,
        );
        expect(
          rig.upstream.requests.flatMap((request) => headerValues(request, name)),
          about,
        ).toEqual([]);
        rig.upstream.clearRecords();
        expect((await own.fetch('/api/notes', { headers })).status, about).toBe(200);
        expect(tokensAt(rig.upstream)[0], about).toMatch(/^ey/);
        expect(tokensAt(rig.upstream), about).not.toContain(token);
        rig.upstream.clearRecords();
      }
    }
    for (const place of [`access_token=${token}`, `token=${token}`, `${rig.bff.cookies.ticket}=${token}`]) {
      expect((await stranger.fetch(`/api/notes?${place}`)).status).toBe(401);
      expect((await stranger.fetch('/api/notes', { headers: { cookie: place } })).status).toBe(401);
    }
    expect(rig.upstream.hits()).toBe(0);
  },
);

advisory(
  66,
  'BFF-SESS-09',
  'when the keys are replaced under them, people sign in again, and nothing breaks',
  async () => {
    const jars = await Promise.all(Array.from({ length: 10 }, () => rig.signedIn()));
    const underway = rig.jar();
    const callback = await rig.begin(underway);
    await rig.bff.restart({ keys: [newKey()] });
    const { extend, logout, login } = rig.bff.paths;
    for (const [at, jar] of jars.entries()) {
      const calls = [
        jar.clone().fetch('/api/notes'),
        jar.clone().fetch(extend, { method: 'POST' }),
        jar.clone().fetch(logout, { method: 'POST' }),
        jar.clone().navigate(login, { site: 'same-origin' }),
        jar.clone().fetch('/maybe/x'),
      ];
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      expect(statuses, `browser ${at}`).toEqual([401, 401, 200, 302, 200]);
      expect(await rig.session(jar)).toEqual({ authenticated: false, reason: 'none' });
      expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
    }
    expect(rig.upstream.requests.flatMap((request) => headerValues(request, 'cookie'))).toEqual([]);
    expect((await rig.finish(underway, callback)).status).toBe(400);
    await rig.signIn(jars[0] ?? rig.jar());
    expect(await rig.session(jars[0] ?? rig.jar())).toMatchObject({ authenticated: true });
  },
);
