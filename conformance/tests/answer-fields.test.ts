import { type Answer, faults, htmlAnswer, type Jar, type JarResponse } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { forgedCookies, originFields } from '../corpora/upstream-fields.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url },
      { prefix: '/open', upstream: url, config: { session: 'none' } },
      {
        prefix: '/lenient',
        upstream: url,
        config: { allowSetCookie: ['allowed'], responseCaching: 'upstream', responseSandbox: false },
      },
    ],
  });
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** What the browser gets where the API answers so. */
async function relayed(prefix: string, answer: Answer, path = `${prefix}/notes`): Promise<JarResponse> {
  rig.upstream.on('*', 'once', () => answer);
  return jar.fetch(path);
}

const withFields = (headers: string[], status = 200): Answer => ({
  status,
  headers: ['content-type', 'application/json', ...headers],
  body: '{}',
});

requirement('BFF-PROXY-14', 'no field of an API rules our origin or tells what runs inside', async () => {
  for (const prefix of ['/api', '/open', '/lenient']) {
    const plain = await relayed(prefix, withFields([]));
    for (const status of [200, 404, 401]) {
      for (const [name, value] of originFields) {
        const spelled = [name, value, name.toLowerCase(), value, name.toUpperCase(), value];
        const answer = await relayed(prefix, withFields(spelled, status));
        expect(answer.status, name).toBe(status);
        expect(fieldsOf(answer), `${prefix} ${name}`).toEqual(fieldsOf(plain));
      }
    }
  }
});

function fieldsOf({ headers }: JarResponse): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => name !== 'date'));
}

requirement('BFF-PROXY-14', 'nor does one of its trailers, hints or hop-by-hop fields', async () => {
  const fields = Object.fromEntries(originFields.map(([name, value]) => [name, value]));
  const { 'Keep-Alive': _k, Upgrade: _u, ...harmful } = fields;
  const answer = await relayed('/api', {
    status: 200,
    headers: [
      'content-type',
      'text/plain',
      'Connection',
      'X-Hop, Vary, X-Content-Type-Options',
      'X-Hop',
      '1',
    ],
    body: 'x',
    trailers: { 'Set-Cookie': 'a=b', 'X-Sum': '1', ...harmful },
    interim: [{ status: 103, headers: { Link: '<https://evil.test/x>; rel=preload', ...harmful } }],
  });
  const names = [...answer.headers.keys(), ...answer.rawTrailers.map((one) => one.toLowerCase())];
  expect(names).toContain('x-sum');
  expect(names).not.toContain('x-hop');
  const strangers = originFields.filter(([, value]) =>
    [...answer.headers.values(), ...answer.rawTrailers].includes(value),
  );
  expect(strangers).toEqual([]);
  expect(answer.headers.get('vary')).toBe('Cookie');
});

requirement('BFF-PROXY-12', 'cookies of an API are dropped, but for those allowed by name', async () => {
  const { ticket } = rig.bff.cookies;
  const own = jar.cookie(ticket);
  for (const cookie of ['foo=1', 'allowed=1; Path=/', ...forgedCookies(ticket)]) {
    for (const prefix of ['/api', '/open', '/lenient']) {
      for (const status of [200, 404]) {
        const answer = await relayed(
          prefix,
          withFields(['Set-Cookie', cookie, 'set-cookie', cookie], status),
        );
        const passes = prefix === '/lenient' && cookie.startsWith('allowed=1');
        expect(answer.setCookies.length, `${prefix} ${cookie}`).toBe(passes ? 2 : 0);
        expect(jar.cookie(ticket)).toBe(own);
      }
    }
  }
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

advisory(41, ['BFF-PROXY-15'], 'no cache is told to keep what was answered to a session', async () => {
  const sayings = [
    'public, max-age=600',
    'public, s-maxage=600, immutable',
    'max-age=600',
    'public',
    'no-cache',
    '',
  ];
  for (const saying of sayings) {
    const fields = saying === '' ? [] : ['Cache-Control', saying];
    fields.push('Expires', 'Thu, 01 Jan 2099 00:00:00 GMT', 'CDN-Cache-Control', 'max-age=9', 'Pragma', 'x');
    fields.push(
      'Surrogate-Control',
      'max-age=9',
      'Cloudflare-CDN-Cache-Control',
      'max-age=9',
      'Vary',
      'Accept',
    );
    for (const path of ['/api/x', '/api/x.css', '/open/x.js']) {
      for (const status of [200, 203, 301, 404, 410, 500]) {
        const answer = await relayed('/api', withFields([...fields, 'Location', path], status), path);
        expect(answer.headers.get('cache-control'), `${path} ${saying}`).toBe('private, no-store');
        expect(answer.headers.get('vary'), saying).toBe('Accept, Cookie');
        const others = [...answer.headers.keys()].filter((name) => /expires|pragma|surrogate|cdn/.test(name));
        expect(others, saying).toEqual([]);
      }
    }
  }
});

advisory(
  41,
  ['BFF-PROXY-15'],
  'a route that lets them keep it still says for whom, and gives no cookie along',
  async () => {
    const storable = ['Cache-Control', 'public, s-maxage=60'];
    for (const [vary, expected] of [
      [[], 'Cookie'],
      [['Vary', 'Accept'], 'Accept, Cookie'],
      [['Vary', 'cookie'], 'cookie'],
      [['Vary', '*'], '*, Cookie'],
      [['Connection', 'Vary, Cache-Control', 'Vary', 'X-A'], 'X-A, Cookie'],
    ] as const) {
      const answer = await relayed('/lenient', withFields([...storable, ...vary]));
      expect(answer.headers.get('vary')).toBe(expected);
    }
    const kept = await relayed('/lenient', withFields(storable));
    expect(kept.headers.get('cache-control')).toBe('public, s-maxage=60');
    expect((await relayed('/lenient', withFields([]))).headers.get('cache-control')).toBe(
      'private, no-store',
    );
    const withCookie = await relayed('/lenient', withFields([...storable, 'Set-Cookie', 'allowed=1']));
    expect(withCookie.headers.get('cache-control')).toBe('private, no-store');
    // The BFF's own refusals on such a route, too.
    const refusal = await rig.jar().fetch('/lenient/notes');
    expect([refusal.status, refusal.headers.get('cache-control')]).toEqual([401, 'no-store']);
  },
);

requirement('BFF-PROXY-14', 'a page or script of an API does not act on our origin', async () => {
  const page = htmlAnswer('<script src="/api/x.js"></script><form action="/bff/logout" method="post">');
  for (const prefix of ['/api', '/open', '/lenient']) {
    const policies: string[] = [];
    for (const answer of [
      page,
      { ...page, headers: ['content-type', 'image/svg+xml'] },
      { status: 200, body: '<p>' },
    ]) {
      rig.upstream.on('*', 'once', () => answer);
      const shown = await jar.navigate(`${prefix}/page`, { site: 'same-origin' });
      expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
      policies.push(shown.headers.get('content-security-policy') ?? '');
    }
    for (const policy of policies) {
      expect(policy).toContain("default-src 'none'");
      expect(policy.startsWith('sandbox;') || prefix === '/lenient', policy).toBe(true);
    }
    // A service worker would see every later request of the app.
    for (const spelling of ['service-worker', 'Service-Worker']) {
      const worker = await jar.fetch(`${prefix}/sw.js`, { headers: { [spelling]: 'script' } });
      expect([worker.status, worker.headers.get('coatcheck-problem')]).toEqual([
        403,
        'service_worker_refused',
      ]);
    }
  }
});

requirement('BFF-PROXY-19', 'an answer that would split into two is none', async () => {
  const heads = [
    'X: a\r\n folded',
    'X: a\rSet-Cookie: b=c',
    'X: a\0',
    'X\0: a',
    'X : a',
    ' X: a',
    ': a',
    'X',
    'X: \x01',
  ];
  heads.push(
    'Transfer-Encoding: chunked\r\nContent-Length: 3',
    'Content-Length: 1, 2',
    'Transfer-Encoding: gzip',
  );
  heads.push('Content-Length: -1', 'Content-Length: 1\r\nContent-Length: 1', 'Transfer-Encoding: xchunked');
  for (const head of heads) {
    rig.upstream.on(
      '*',
      'once',
      faults.rawBytes(`HTTP/1.1 200 OK\r\n${head}\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`),
    );
    const outcome = await jar.fetch('/api/notes').then(
      (answer) => [answer.status, answer.setCookies.length, answer.headers.get('x') ?? ''],
      () => [0, 0, ''],
    );
    expect([0, 502], JSON.stringify(head)).toContain(outcome[0]);
    expect(outcome[1]).toBe(0);
    rig.upstream.reset();
    expect((await rig.call(jar)).status, JSON.stringify(head)).toBe(200);
  }
});
