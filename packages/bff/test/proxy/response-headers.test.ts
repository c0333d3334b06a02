import { describe, expect, test } from 'vitest';
import {
  earlyHints,
  type ResponseContext,
  type ResponseHeaderOptions,
  responseHeaders,
  responseRules,
  responseTrailers,
} from '../../src/proxy/response-headers.ts';

const token = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
const context: ResponseContext = {
  method: 'GET',
  httpVersion: '1.1',
  token,
  upstreamOrigin: 'http://api.internal:9300',
  upstreamPath: '/v1',
  prefix: '/api',
  requestPath: '/v1/notes/7?x=1',
};

interface Case {
  status?: number;
  options?: Partial<ResponseHeaderOptions>;
  context?: Partial<ResponseContext>;
}

function answer(rawHeaders: string[], { status = 200, options, context: over }: Case = {}) {
  const rules = responseRules({ ownCookie: '__Host-Http-shop', ...options });
  return responseHeaders(status, rawHeaders, rules, { ...context, ...over });
}

/** What the browser sees: values by lower-case name. */
function seen(rawHeaders: string[], over: Case = {}): Record<string, string[]> {
  const made = answer(rawHeaders, over);
  if (made.kind !== 'ok') throw new Error(made.detail);
  const fields: Record<string, string[]> = {};
  for (let i = 0; i < made.headers.length; i += 2) {
    const name = made.headers[i]?.toLowerCase() ?? '';
    fields[name] = [...(fields[name] ?? []), made.headers[i + 1] ?? ''];
  }
  return fields;
}

const always = {
  'x-content-type-options': ['nosniff'],
  'content-security-policy': ["sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"],
  'cache-control': ['private, no-store'],
  vary: ['Cookie'],
};

test('every answer gets what keeps an API from acting as the application', () => {
  expect(seen([])).toEqual(always);
});

test('BFF-PROXY-18 content fields, validators and ranges pass unchanged', () => {
  const raw = [
    'Content-Type',
    'text/html',
    'Content-Encoding',
    'gzip',
    'Content-Length',
    '7',
    'ETag',
    'W/"a"',
  ];
  raw.push(
    'Content-Range',
    'bytes 0-6/9',
    'Last-Modified',
    'Mon, 01 Jan 2024 00:00:00 GMT',
    'Link',
    '<a>; rel=next',
  );
  raw.push('Link', '<b>; rel=prev', 'X-Name', 'J\u00fcrgen', 'Content-Disposition', 'attachment');
  const fields = seen(raw);
  expect(fields).toMatchObject({ 'content-encoding': ['gzip'], 'content-length': ['7'], etag: ['W/"a"'] });
  expect(fields).toMatchObject({
    link: ['</api/notes/a>; rel=next', '</api/notes/b>; rel=prev'],
    'x-name': ['J\u00fcrgen'],
  });
});

describe('BFF-PROXY-14 what an upstream may not say on our origin', () => {
  test.each([
    ...['Access-Control-Allow-Origin', 'Access-Control-Allow-Credentials', 'Strict-Transport-Security'],
    ...['Content-Security-Policy', 'Content-Security-Policy-Report-Only', 'Clear-Site-Data'],
    ...['Service-Worker-Allowed', 'Refresh', 'Alt-Svc', 'NEL', 'Report-To', 'Reporting-Endpoints', 'Server'],
    ...['X-Powered-By', 'Coatcheck-Problem', 'X-Accel-Redirect', 'X-Accel-Buffering', 'X-Sendfile'],
    ...['Connection', 'Keep-Alive', 'Proxy-Authenticate', 'Proxy-Connection', 'Upgrade', 'TE', 'Trailer'],
    ...['Accept-CH', 'Expect-CT', 'Set-Login', 'Sec-Session-Registration', 'X-Content-Type-Options'],
    ...['Cache-Control', 'Expires', 'Pragma', 'CDN-Cache-Control', 'Surrogate-Control', 'Edge-Control'],
    // rules for the whole origin
    ...['X-Content-Security-Policy', 'X-WebKit-CSP', 'Integrity-Policy', 'Integrity-Policy-Report-Only'],
    ...['Document-Policy', 'Document-Policy-Report-Only', 'Require-Document-Policy', 'Feature-Policy'],
    ...['Permissions-Policy', 'Permissions-Policy-Report-Only', 'X-Permitted-Cross-Domain-Policies'],
    ...['Public-Key-Pins', 'Public-Key-Pins-Report-Only', 'Critical-CH', 'Origin-Agent-Cluster'],
    ...['Origin-Trial', 'Supports-Loading-Mode', 'Activate-Storage-Access', 'Observe-Browsing-Topics'],
    ...['Cross-Origin-Opener-Policy', 'Cross-Origin-Resource-Policy', 'Secure-Session-Registration'],
    ...['Use-As-Dictionary', 'Speculation-Rules', 'No-Vary-Search', 'X-DNS-Prefetch-Control'],
    ...['SourceMap', 'X-SourceMap', 'Attribution-Reporting-Register-Source', 'Timing-Allow-Origin'],
    // of others, and of what runs inside
    ...[
      'Via',
      'Set-Cookie2',
      'DPoP-Nonce',
      'X-Runtime',
      'X-Generator',
      'X-Backend-Server',
      'X-AspNet-Version',
    ],
  ])('%s', (name) => {
    expect(seen([name, 'upstream', name.toUpperCase(), 'upstream', name.toLowerCase(), 'upstream'])).toEqual(
      always,
    );
  });

  test('fields that Connection names go, fields of ours stay', () => {
    const raw = ['Connection', 'X-Hop, vary, Content-Security-Policy', 'X-Hop', '1', 'x-hop', '2'];
    expect(seen(raw)).toEqual(always);
  });

  test('fields of the caller take the place of the upstream’s, once', () => {
    const added = [
      'Strict-Transport-Security',
      'max-age=1',
      'X-Content-Type-Options',
      'nosniff',
      'referrer-policy',
      'a',
    ];
    expect(seen(['Referrer-Policy', 'unsafe-url'], { options: { added } })).toEqual({
      ...always,
      'strict-transport-security': ['max-age=1'],
      'referrer-policy': ['a'],
    });
  });

  test('a route may relax the content policy', () => {
    const fields = seen([], { options: { contentSecurityPolicy: "default-src 'self'" } });
    expect(fields['content-security-policy']).toEqual(["default-src 'self'"]);
  });

  test('password dialogs stay away', () => {
    expect(seen(['WWW-Authenticate', 'Basic realm="x"'], { status: 401 })).toEqual(always);
    const both = seen(['WWW-Authenticate', 'Basic realm="x", Bearer error="x"'], { status: 401 });
    expect(both['www-authenticate']).toEqual(['Bearer error="x"']);
  });
});

describe('BFF-PROXY-12 cookies', () => {
  const allowedCookies = [
    'prefs',
    '__Host-Http-coatcheck',
    '__Host-Http-coatcheck-login-1',
    '__Host-Http-shop',
    '',
  ];
  const passes = (cookie: string) =>
    'set-cookie' in seen(['Set-Cookie', cookie], { options: { allowedCookies } });

  test('none passes by default', () => {
    expect(seen(['Set-Cookie', 'foo=1', 'set-cookie', 'prefs=1'])).toEqual(always);
  });

  test.each(['prefs=1', 'prefs=1; Path=/; Secure', ' prefs =1', 'prefs='])(
    'allowed by name: %s',
    (cookie) => {
      expect(passes(cookie)).toBe(true);
    },
  );

  test.each([
    'foo=1',
    'Prefs=1',
    'prefsx=1',
    'prefs',
    '=prefs=1',
    '=__Host-Http-coatcheck=evil',
    '__Host-Http-coatcheck=evil',
    '__Host-Http-coatcheck-login-1=evil',
    ' __Host-Http-coatcheck =evil',
    '__Host-Http-shop=evil',
    'foo=1; prefs=1',
  ])('refused: %s', (cookie) => {
    expect(passes(cookie)).toBe(false);
  });
});

describe('BFF-PROXY-15 caching (CVE-2025-48947, CVE-2025-64762)', () => {
  test.each([
    ['Cache-Control', 'public, max-age=600, s-maxage=600'],
    ['CDN-Cache-Control', 'max-age=600'],
    ['Cloudflare-CDN-Cache-Control', 'max-age=600'],
    ['Expires', 'Thu, 01 Jan 2099 00:00:00 GMT'],
  ])('%s: %s gives way', (name, value) => {
    expect(seen([name, value, 'Content-Type', 'text/css'])).toEqual({
      ...always,
      'content-type': ['text/css'],
    });
  });

  test('a route may leave it to an upstream that says something', () => {
    const options = { cacheControl: 'upstream' } as const;
    expect(seen(['Cache-Control', 'private, max-age=5'], { options })['cache-control']).toEqual([
      'private, max-age=5',
    ]);
    expect(seen([], { options })['cache-control']).toEqual(['private, no-store']);
    expect(seen(['Expires', '0'], { options })).toMatchObject({
      'cache-control': ['private, no-store'],
      vary: ['Cookie'],
    });
  });

  test('but not with a cookie, which whoever gets the stored answer would get too', () => {
    const options = { cacheControl: 'upstream', allowedCookies: ['prefs'] } as const;
    const raw = [
      'Cache-Control',
      'public, s-maxage=60',
      'CDN-Cache-Control',
      'max-age=9',
      'Set-Cookie',
      'prefs=1',
    ];
    const { 'set-cookie': cookie, ...rest } = seen(raw, { options });
    expect(cookie).toEqual(['prefs=1']);
    expect(rest).toEqual(always);
  });

  test.each([
    [['Vary', 'Accept-Encoding'], 'Accept-Encoding, Cookie'],
    [['Vary', 'Accept', 'vary', 'Origin'], 'Accept, Origin, Cookie'],
    [['Vary', 'Accept, cookie'], 'Accept, cookie'],
    [['Vary', '*'], '*, Cookie'],
    [['Vary', 'X-Cookie'], 'X-Cookie, Cookie'],
  ])('%j becomes %s', (raw, vary) => {
    expect(seen(raw, { options: { cacheControl: 'upstream' } }).vary).toEqual([vary]);
  });
});

describe('BFF-PROXY-13 redirects', () => {
  test.each([
    ['http://api.internal:9300/v1/x?y=1#z', '/api/x?y=1#z'],
    ['http://user:pass@api.internal:9300/v1/x', '/api/x'],
    ['//api.internal:9300/v1', '/api'],
    ['/v1/notes/', '/api/notes/'],
    ['8', '/api/notes/8'],
    ['?x=2', '/api/notes/7?x=2'],
    ['../', '/api/'],
    ['/v1/a%2Fb', '/api/a%2Fb'],
  ])('%s is seen as %s', (location, there) => {
    for (const status of [301, 302, 303, 307, 308])
      expect(seen(['Location', location], { status }).location).toEqual([there]);
  });

  test.each([
    'https://evil.example/',
    'https://api.internal:9300/v1/x',
    'http://api.internal/v1/x',
    '//evil.example/v1/x',
    '\\\\evil.example/v1/x',
    '/\t/evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/',
    '/v10/x',
    '/v1/../admin',
    '/v1/%2e%2e/admin',
    '../../admin',
    'http://',
    'http://[',
    `/v1/x?t=${token}`,
  ])('%s is not passed on', (location) => {
    for (const status of [301, 302, 303, 307, 308]) {
      expect(answer(['Location', location], { status }).kind).toBe('upstream_invalid');
    }
  });

  test('a route at the root never makes a path that names a host', () => {
    const root = { upstreamPath: '', prefix: '' };
    expect(answer(['Location', '/.//evil.example'], { status: 302, context: root }).kind).toBe(
      'upstream_invalid',
    );
    expect(seen(['Location', '/x'], { status: 302, context: root }).location).toEqual(['/x']);
  });

  test('two locations are one too many', () => {
    expect(answer(['Location', '/v1/a', 'location', '/v1/b'], { status: 302 }).kind).toBe('upstream_invalid');
  });

  test('where no browser follows, a foreign place is told and an inner one is not', () => {
    const created = (location: string) => seen(['Location', location], { status: 201 }).location;
    expect(created('/v1/notes/8')).toEqual(['/api/notes/8']);
    expect(created('https://files.example/8')).toEqual(['https://files.example/8']);
    expect(created('http://api.internal:9300/admin')).toBeUndefined();
  });
});

describe('BFF-LEAK-08 links and places name nothing inside, and load nothing from elsewhere', () => {
  test.each([
    ['<http://api.internal:9300/v1/notes?page=2>; rel="next"', '</api/notes?page=2>; rel="next"'],
    [
      '</v1/a>; rel=prev, </v1/b,c>; rel=next;title="x, <y>"',
      '</api/a>; rel=prev, </api/b,c>; rel=next;title="x, <y>"',
    ],
    ['<?page=3>; rel=last', '</api/notes/7?page=3>; rel=last'],
    ['<https://docs.example/>; rel=help', '<https://docs.example/>; rel=help'],
    ['<https://evil.example/a.css>; rel="help stylesheet", </v1/a>; rel=up', '</api/a>; rel=up'],
    ['<https://evil.example/>; REL=Preconnect', undefined],
    ['<https://evil.example/>', undefined],
    ['<http://api.internal:9300/admin>; rel=up', undefined],
    ['</v1/x>; rel=up; anchor="http://api.internal:9300/v1"', undefined],
    ['/v1/x; rel=up', undefined],
    ['<', undefined],
    ['"<https://evil.example/>; rel=preload', undefined],
  ])('Link: %s', (value, there) => {
    expect(seen(['Link', value]).link).toEqual(there === undefined ? undefined : [there]);
    expect(earlyHints(['Link', value], context)).toEqual(there === undefined ? [] : [there]);
  });

  test('Content-Location', () => {
    const place = (value: string) => seen(['Content-Location', value])['content-location'];
    expect(place('http://api.internal:9300/v1/notes/7')).toEqual(['/api/notes/7']);
    expect(place('http://api.internal:9300/admin')).toBeUndefined();
    expect(place('https://files.example/7')).toEqual(['https://files.example/7']);
  });
});

describe('BFF-LEAK-07 the access token does not come back', () => {
  test.each([
    ['X-Echo', token],
    ['X-Echo', `Bearer ${token}`],
    ['Authorization', `bearer ${token}; x`],
    ['Link', `<https://x/?t=${token}>; rel=next`],
    ['Set-Cookie', `prefs=${token}`],
    ['Vary', token],
  ])('in %s', (name, value) => {
    const made = answer([name, value, 'X-Other', 'stays'], { options: { allowedCookies: ['prefs'] } });
    expect(made).toMatchObject({ kind: 'ok', tokenEchoed: true });
    expect(JSON.stringify(made)).not.toContain(token);
    expect(JSON.stringify(made)).toContain('stays');
  });

  test('nor in trailers and hints', () => {
    expect(responseTrailers(['X-Sum', token, 'X-Ok', '1'], responseRules({ ownCookie: 'x' }), token)).toEqual(
      [['X-Ok', '1']],
    );
    expect(earlyHints(['Link', `<${token}>`, 'link', '</v1/a.css>; rel=preload'], context)).toEqual([
      '</api/a.css>; rel=preload',
    ]);
  });

  test('an anonymous route has none to look for', () => {
    for (const none of [null, ''])
      expect(answer(['X-A', 'b'], { context: { token: none } })).toMatchObject({ tokenEchoed: false });
  });
});

test('a hint is its links, each of them whole', () => {
  const raw = ['X-Other', '</v1/x.css>; rel=preload', 'LINK', '</v1/a.css>; rel=preload'];
  raw.push('Link', '</v1/b.css>; rel=preload\r\nSet-Cookie: c=d', 'Link', '</v1/c.css>; rel=preload\0');
  expect(earlyHints(raw, context)).toEqual(['</api/a.css>; rel=preload']);
});

describe('BFF-PROXY-19 an answer that cannot be relayed', () => {
  test.each([
    ['a bad name', ['X A', 'b']],
    ['CR LF', ['X-A', 'b\r\nSet-Cookie: c=d']],
    ['NUL', ['X-A', 'b\0']],
    ['a coding that we would have to undo', ['Transfer-Encoding', 'gzip, chunked']],
    ['two codings', ['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked']],
  ])('%s', (_, raw) => {
    expect(answer(raw).kind).toBe('upstream_invalid');
  });

  test.each([100, 101, 600, 999, 0])('status %s', (status) => {
    expect(answer([], { status }).kind).toBe('upstream_invalid');
  });

  test('a 204 has no length (RFC 9110 §8.6)', () => {
    expect(seen(['Content-Length', '0'], { status: 204 })).toEqual(always);
    expect(seen(['Content-Length', '5'], { status: 304 })['content-length']).toEqual(['5']);
  });
});

describe('streams and trailers', () => {
  test.each([
    ['text/event-stream', ['no']],
    ['text/event-stream; charset=utf-8', ['no']],
    ['TEXT/Event-Stream', ['no']],
    ['text/event-streams', undefined],
    ['application/json', undefined],
  ])('%s asks proxies in front not to buffer: %s', (type, expected) => {
    expect(seen(['Content-Type', type])['x-accel-buffering']).toEqual(expected);
  });

  test('trailers are announced where they can be sent', () => {
    const raw = ['Transfer-Encoding', 'chunked', 'Trailer', 'X-Sum'];
    expect(seen(raw).trailer).toEqual(['X-Sum']);
    expect(seen(raw, { context: { httpVersion: '1.0' } })).not.toHaveProperty('trailer');
    expect(seen(raw, { context: { method: 'HEAD' } })).not.toHaveProperty('trailer');
    expect(seen(raw, { status: 304 })).not.toHaveProperty('trailer');
  });

  test('what may not follow the content does not', () => {
    const raw = ['X-Sum', 'abc', 'Server-Timing', 'a', 'Set-Cookie', 'prefs=1', 'Clear-Site-Data', '"*"'];
    for (const name of [
      'WWW-Authenticate',
      'Vary',
      'Age',
      'Date',
      'Host',
      'Link',
      'Trailer',
      'Transfer-Encoding',
    ])
      raw.push(name, 'x', name.toUpperCase(), 'x');
    raw.push(
      'Content-Type',
      'text/html',
      'Cache-Control',
      'public',
      'Location',
      '/',
      'Bad Name',
      'x',
      'X-Bad',
      'a\nb',
    );
    const rules = responseRules({ ownCookie: 'x', allowedCookies: ['prefs'] });
    expect(responseTrailers(raw, rules, null)).toEqual([
      ['X-Sum', 'abc'],
      ['Server-Timing', 'a'],
    ]);
  });
});
