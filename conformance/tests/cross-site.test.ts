import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { nearMisses } from '../corpora/origins.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      { prefix: '/open', upstream: url, config: { session: 'none', methods: ['GET', 'OPTIONS'] } },
    ],
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const withHeader = { 'x-requested-with': 'test' };

/** Calls that change something or show something, by a script that has the cookie and nothing else. */
function guarded(): { path: string; method: string }[] {
  const { session, extend, logout } = rig.bff.paths;
  return [
    ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({ path: '/api/notes', method })),
    { path: '/open/notes', method: 'GET' },
    { path: session, method: 'GET' },
    { path: session, method: 'HEAD' },
    { path: extend, method: 'POST' },
    { path: logout, method: 'POST' },
  ];
}

type Jar = ReturnType<Rig['jar']>;

async function expectRefused(
  jar: Jar,
  { path, method }: { path: string; method: string },
  headers: Record<string, string | string[]>,
): Promise<void> {
  const answer = await jar.request(path, { method, headers });
  const about = `${method} ${path} ${JSON.stringify(headers)}`;
  expect(answer.status, about).toBe(403);
  expect(answer.headers.get('coatcheck-problem'), about).toBe('cross_site_request');
  expect(answer.setCookies, about).toEqual([]);
  expect(rig.upstream.hits(), about).toBe(0);
}

const isRead = (method: string) => method === 'GET' || method === 'HEAD';

requirement('BFF-CSRF-01', 'a cookie alone proves nothing, whatever the method', async () => {
  const jar = await rig.signedIn();
  const origin = rig.bff.url;
  for (const call of guarded()) {
    await expectRefused(jar, call, {});
    await expectRefused(jar, call, { 'x-requested-with': '' });
    await expectRefused(jar, call, { origin });
    if (!isRead(call.method)) await expectRefused(jar, call, withHeader);
  }
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement('BFF-CSRF-01', 'the same calls pass with the proof that scripts can give', async () => {
  const jar = await rig.signedIn();
  for (const { path, method } of guarded()) {
    const headers = isRead(method) ? withHeader : { ...withHeader, origin: rig.bff.url };
    expect((await jar.request(path, { method, headers })).status, `${method} ${path}`).toBe(200);
  }
});

requirement('BFF-CSRF-02', 'no preflight is approved', async () => {
  const jar = await rig.signedIn();
  const { session, extend, logout, login, providers } = rig.bff.paths;
  for (const path of [
    '/api/notes',
    '/open/notes',
    session,
    extend,
    logout,
    login,
    providers,
    '/',
    '/bff/x',
  ]) {
    for (const origin of ['https://evil.test', 'null', `http://sub.${new URL(rig.bff.url).host}`]) {
      const answer = await jar.request(path, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-requested-with, content-type',
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'cors',
        },
      });
      expect(corsFields(answer), `${path} ${origin}`).toEqual([]);
    }
  }
  expect(rig.upstream.hits()).toBe(0);
});

requirement('BFF-CSRF-03', 'a foreign Origin is refused beside any other proof', async () => {
  const jar = await rig.signedIn();
  for (const origin of nearMisses(rig.bff.url)) {
    for (const call of guarded()) {
      await expectRefused(jar, call, { ...withHeader, origin });
      await expectRefused(jar, call, { 'sec-fetch-site': 'same-origin', origin });
    }
  }
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement('BFF-CSRF-04', 'only Sec-Fetch-Site: same-origin passes, and nothing outvotes it', async () => {
  const jar = await rig.signedIn();
  const others: (string | string[])[] = [
    'cross-site',
    'same-site',
    'none',
    '',
    'Same-Origin',
    'same-origin, cross-site',
    'same-origin;x',
    ['same-origin', 'cross-site'],
    ['cross-site', 'same-origin'],
  ];
  for (const site of others) {
    for (const call of guarded()) {
      await expectRefused(jar, call, { ...withHeader, origin: rig.bff.url, 'sec-fetch-site': site });
    }
  }
  for (const { path, method } of guarded()) {
    const headers = { 'sec-fetch-site': 'same-origin' };
    expect((await jar.request(path, { method, headers })).status, `${method} ${path}`).toBe(200);
  }
});

requirement(
  'BFF-CSRF-05',
  'requests that need no preflight do nothing from a sibling or foreign page',
  async () => {
    // What real browsers send is in e2e; here are the same requests with the cookies that a sibling's bring along.
    const jar = await rig.signedIn();
    const forms = ['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'];
    for (const site of ['same-site', 'cross-site'] as const) {
      for (const { path, method } of guarded()) {
        expect((await jar.fetch(path, { method, site })).status, `${site} ${method} ${path}`).toBe(403);
      }
      for (const path of ['/api/notes', rig.bff.paths.logout, rig.bff.paths.extend]) {
        for (const type of forms) {
          const posted = await jar.navigate(path, {
            method: 'POST',
            site,
            headers: { 'content-type': type },
            body: 'a=b',
          });
          expect(posted.status, `${site} ${path} ${type}`).toBe(403);
        }
      }
      for (const destination of ['image', 'script', 'iframe', 'document', 'style', 'object']) {
        const read = await jar.request('/api/notes', {
          headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': destination },
        });
        expect(read.status, `${site} ${destination}`).toBe(403);
      }
    }
    expect(rig.upstream.hits()).toBe(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-CSRF-06', 'no Origin is ever approved, not even where the API approves all', async () => {
  // The row's "allowed one" does not exist: the BFF serves its own origin alone, and sends no CORS field at all.
  rig.upstream.on('*', 'always', async (_, next) => {
    const answer = await next();
    if (answer === 'handled') return answer;
    const fields = { 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' };
    return { ...answer, headers: { ...fields, 'access-control-expose-headers': '*' } };
  });
  const jar = await rig.signedIn();
  const { session, providers, login } = rig.bff.paths;
  for (const origin of [...nearMisses(rig.bff.url), rig.bff.url]) {
    for (const path of ['/api/notes', '/open/notes', session, providers, login, '/', '/bff/x']) {
      const answer = await jar.request(path, {
        headers: { ...withHeader, 'sec-fetch-site': 'same-origin', origin },
      });
      expect(corsFields(answer), `${path} ${origin}`).toEqual([]);
    }
  }
  expect(rig.upstream.hits()).toBe(2);
});

requirement('BFF-CSRF-07', 'JSON cannot be run as a script', async () => {
  const jar = await rig.signedIn();
  const { session, providers } = rig.bff.paths;
  for (const site of ['cross-site', 'same-site'] as const) {
    const script = await jar.request(`${session}?callback=x`, {
      headers: { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
    });
    expect(script.status).toBe(403);
    expect(await script.text()).not.toContain('alice');
  }
  for (const path of [`${session}?callback=x&jsonp=x&format=js`, `${providers}?callback=x`]) {
    const answer = await jar.fetch(path);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(await answer.text()).toMatch(/^[{[]/);
  }
});

function corsFields(answer: { headers: Headers }): string[] {
  return [...answer.headers.keys()].filter((name) => name.startsWith('access-control-'));
}
