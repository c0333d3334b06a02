import { faults, type Jar, startUpstream, type Upstream } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let jar: Jar;
let evil: Upstream;
beforeAll(async () => {
  [rig, evil] = await Promise.all([
    startRig({
      routes: ({ url }) => [
        { prefix: '/api', upstream: `${url}/v1`, config: { keepPrefix: false } },
        { prefix: '/open', upstream: url, config: { session: 'none' } },
      ],
    }),
    startUpstream(),
  ]);
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => Promise.all([rig.close(), evil.close()]));

const statuses = [301, 302, 303, 307, 308] as const;
const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;

/** Places that the API may send a browser to, and what the browser reads. */
const inside = (): [string, string][] => [
  ['/v1/other', '/api/other'],
  ['/v1', '/api'],
  ['other?x=1#y', '/api/notes/other?x=1#y'],
  ['?x=1', '/api/notes/7?x=1'],
  ['../up', '/api/up'],
  [`${rig.upstream.url}/v1/a%2Fb`, '/api/a%2Fb'],
  [`//127.0.0.1:${rig.upstream.port}/v1/x`, '/api/x'],
  [`http://user:pass@127.0.0.1:${rig.upstream.port}/v1/x`, '/api/x'],
];

/** Places that it may not: another origin, another part of its own, or nothing at all. */
const outside = (): string[] => [
  ...[
    evil.url,
    `${evil.url}/v1/x`,
    `//127.0.0.1:${evil.port}/`,
    `\\\\127.0.0.1:${evil.port}\\`,
    'https://evil.test/',
  ],
  ...[`/\t/127.0.0.1:${evil.port}`, `http:\\\\127.0.0.1:${evil.port}`, `${rig.upstream.url}@evil.test/v1/x`],
  ...[
    `${rig.upstream.url}.evil.test/v1/x`,
    `https://127.0.0.1:${rig.upstream.port}/v1/x`,
    'http://127.0.0.1/v1/x',
  ],
  ...[
    '/',
    '/v10/x',
    '/v1x',
    '/v1/../admin',
    '/v1/%2e%2e/admin',
    '/v1/..%5c..%5cadmin',
    '../../admin',
    '/admin',
  ],
  ...[
    '/v1\\..\\admin',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'http://',
    'http://[',
  ],
  ...[rig.bff.url, `${rig.bff.url}/bff/logout`, '/bff/logout', '/api/x'],
];

requirement(
  'BFF-PROXY-13',
  'a redirect is passed on, never followed, and only within the route',
  async () => {
    for (const [location, seen] of inside()) {
      for (const status of statuses) {
        rig.upstream.on('*', 'once', faults.redirect(location, status));
        const method = methods[status % methods.length] ?? 'GET';
        const answer = await jar.fetch('/api/notes/7', { method });
        expect(answer.status, location).toBe(status);
        expect(answer.headers.get('location'), location).toBe(seen);
      }
    }
    expect(rig.upstream.hits()).toBe(inside().length * statuses.length);
  },
);

requirement('BFF-PROXY-13', 'everything else is 502, and nobody gets the token', async () => {
  for (const location of outside()) {
    for (const status of statuses) {
      rig.upstream.on('*', 'once', faults.answer({ status, headers: ['Location', location] }));
      const method = methods[status % methods.length] ?? 'GET';
      const answer = await jar.fetch('/api/notes/7', { method });
      const aside = /%5c/i.test(location) && answer.headers.get('location')?.startsWith('/api/');
      if (!aside)
        expect([answer.status, answer.headers.get('coatcheck-problem')], location).toEqual([
          502,
          'upstream_invalid',
        ]);
      expect(answer.headers.get('location') ?? '/api/', location).toMatch(/^\/api\//);
    }
  }
  rig.upstream.on(
    '*',
    'once',
    faults.answer({ status: 302, headers: ['Location', '/v1/a', 'location', evil.url] }),
  );
  expect((await jar.fetch('/api/notes')).status).toBe(502);
  expect(evil.hits() + evil.malformed.length).toBe(0);
});

requirement('BFF-PROXY-13', 'where no browser follows, a foreign place may be named', async () => {
  const created = async (...headers: string[]) => {
    rig.upstream.on('*', 'once', faults.answer({ status: 201, headers }));
    const { headers: fields } = await jar.fetch('/api/notes/7', { method: 'POST' });
    return [fields.get('location'), fields.get('content-location')];
  };
  expect(
    await created('Location', '/v1/notes/8', 'Content-Location', `${rig.upstream.url}/v1/notes/8`),
  ).toEqual(['/api/notes/8', '/api/notes/8']);
  expect(await created('Location', '/admin', 'Content-Location', `${rig.upstream.url}/admin`)).toEqual([
    null,
    null,
  ]);
  const there = 'https://files.example/8';
  expect(await created('Location', there, 'Content-Location', there)).toEqual([there, there]);
});

requirement(
  ['BFF-PROXY-14', 'BFF-LEAK-08'],
  'links name places on our origin, and load nothing from others',
  async () => {
    const linked = async (prefix: string, value: string) => {
      const interim = [{ status: 103, headers: { Link: value } }];
      rig.upstream.on(
        '*',
        'once',
        faults.answer({ status: 200, headers: { link: value }, body: '{}', interim }),
      );
      return (await jar.fetch(`${prefix}/notes/7`)).headers.get('link');
    };
    const { url } = rig.upstream;
    const pages = `<${url}/v1/notes?page=2>; rel="next", </v1/notes?page=9>; rel=last`;
    expect(await linked('/api', pages)).toBe(
      '</api/notes?page=2>; rel="next", </api/notes?page=9>; rel=last',
    );
    expect(await linked('/open', `<${url}/open/x>; rel=up`)).toBe('</open/x>; rel=up');
    expect(await linked('/api', '<https://docs.example/>; rel=help')).toBe(
      '<https://docs.example/>; rel=help',
    );
    for (const rel of [
      'preload',
      'PREFETCH',
      '"next preconnect"',
      'dns-prefetch',
      'stylesheet',
      'modulepreload',
    ]) {
      expect(await linked('/api', `<https://evil.test/x>; as=script; rel=${rel}`), rel).toBeNull();
    }
    for (const hidden of [
      `<${url}/admin>; rel=up`,
      `</v1/x>; rel=up; anchor="${url}/v1"`,
      '<',
      '</v1/x',
      'x; rel=next',
    ]) {
      expect(await linked('/api', hidden), hidden).toBeNull();
    }
  },
);
