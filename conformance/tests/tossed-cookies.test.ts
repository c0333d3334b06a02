import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Names under which products keep the half of a double submit that a sibling subdomain can set. */
const names = ['_csrf', 'csrf', 'csrf-token', 'csrftoken', 'XSRF-TOKEN', '__Host-csrf', 'coatcheck-csrf'];

advisory(
  17,
  ['BFF-CSRF-01', 'BFF-CSRF-05'],
  'no pair of cookie and token that somebody else chose stands in for the proof of same origin',
  async () => {
    const { extend, logout } = rig.bff.paths;
    const jar = await rig.signedIn();
    const ticket = `${rig.bff.cookies.ticket}=${jar.cookie(rig.bff.cookies.ticket)}`;
    const origin = rig.bff.url.replace('localhost', 'evil.localhost');
    for (const name of names) {
      for (const path of ['/api/notes', extend, logout]) {
        const query = new URLSearchParams({ [name]: 'chosen', _csrf: 'chosen', token: 'chosen' });
        for (const site of ['same-site', 'cross-site'] as const) {
          const answer = await jar.clone().request(`${path}?${query}`, {
            method: 'POST',
            headers: {
              origin,
              'sec-fetch-site': site,
              'sec-fetch-mode': 'no-cors',
              cookie: `${name}=chosen; ${ticket}; ${name}=chosen`,
              'content-type': 'application/x-www-form-urlencoded',
              'x-csrf-token': 'chosen',
              'x-xsrf-token': 'chosen',
              'csrf-token': 'chosen',
            },
            body: `${name}=chosen&_csrf=chosen`,
          });
          expect(answer.status, `${path} ${name}`).toBe(403);
          expect(answer.headers.get('coatcheck-problem'), `${path} ${name}`).toBe('cross_site_request');
        }
      }
    }
    expect(rig.upstream.hits()).toBe(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);
