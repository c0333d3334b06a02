import { describe, expect, test } from 'vitest';
import {
  keptHeaders,
  type RequestHeaderInput,
  requestHeaders,
  requestNames,
} from '../../src/proxy/request-headers.ts';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function input(rawHeaders: string[], over: Partial<RequestHeaderInput> = {}): RequestHeaderInput {
  return {
    rawHeaders: ['Host', 'app.example', ...rawHeaders],
    upstreamHost: 'api.internal:9300',
    token: { type: 'Bearer', value: 'the-token' },
    forwarded: { for: '203.0.113.7', host: 'app.example', proto: 'https' },
    requestId: 'req-1',
    names: requestNames(new Set()),
    randomHex: (bytes) => 'ab'.repeat(bytes),
    ...over,
  };
}

/** What the upstream sees: values by lower-case name. */
function sent(rawHeaders: string[], over: Partial<RequestHeaderInput> = {}): Record<string, string[]> {
  const made = requestHeaders(input(rawHeaders, over));
  if (made.kind !== 'ok') throw new Error(made.kind);
  const seen: Record<string, string[]> = {};
  for (let i = 0; i < made.headers.length; i += 2) {
    const name = made.headers[i]?.toLowerCase() ?? '';
    seen[name] = [...(seen[name] ?? []), made.headers[i + 1] ?? ''];
  }
  return seen;
}

const ours = {
  host: ['api.internal:9300'],
  authorization: ['Bearer the-token'],
  via: ['1.1 coatcheck'],
  'x-request-id': ['req-1'],
  'x-forwarded-for': ['203.0.113.7'],
  'x-forwarded-host': ['app.example'],
  'x-forwarded-proto': ['https'],
  traceparent: [`00-${'ab'.repeat(16)}-${'ab'.repeat(8)}-01`],
};

test('BFF-PROXY-10 an upstream gets its own host and what we say of the client, nothing else', () => {
  expect(sent([])).toEqual(ours);
});

test('BFF-PROXY-18 what is between browser and API crosses as it is, in order, repeated fields too', () => {
  const passing = [
    ['Accept', 'application/json'],
    ['accept-ENCODING', 'gzip, br'],
    ['Content-Type', 'application/json; charset=utf-8'],
    ['Content-Length', '12'],
    ['If-None-Match', '"a", W/"b"'],
    ['Range', 'bytes=0-9'],
    ['X-Custom', 'one'],
    ['X-Custom', 'two'],
    ['X-Name', 'J\u00fcrgen'],
    ['X_Plain', 'underscore'],
    ['Priority', 'u=1'],
  ];
  const made = requestHeaders(input(passing.flat()));
  expect(made.kind === 'ok' && made.headers.join('\n')).toContain(passing.slice(0, 4).flat().join('\n'));
  expect(sent(passing.flat())).toMatchObject({
    'x-custom': ['one', 'two'],
    'x-name': ['J\u00fcrgen'],
    x_plain: ['underscore'],
  });
});

describe('BFF-PROXY-05, -06, -07, -08 what the browser may not say to an upstream', () => {
  test.each([
    ...[
      'Cookie',
      'Authorization',
      'DPoP',
      'Proxy-Authorization',
      'Proxy-Connection',
      'Expect',
      'TE',
      'Trailer',
    ],
    ...[
      'Upgrade',
      'Connection',
      'Keep-Alive',
      'Transfer-Encoding',
      'Forwarded',
      'X-Forwarded-For',
      'X-Forwarded',
    ],
    ...['X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Forwarded-User', 'X-Forwarded-Uri', 'X-Forwarded-Prefix'],
    ...['X-Real-IP', 'X-Original-URL', 'X-Original-Host', 'X-Rewrite-URL', 'X-HTTP-Method-Override'],
    ...['X-HTTP-Method', 'X-User', 'X-User-Id', 'X-Username', 'Origin', 'Referer', 'Sec-Fetch-Site'],
    ...['X-Requested-With', 'Coatcheck-Background', 'Coatcheck-Anything', 'X-Request-Id', 'Host'],
    ...['Cookie2', 'HTTP2-Settings', 'X-Method-Override', 'X-Middleware-Subrequest'],
    // by which load balancers and gateways tell where a call comes from
    ...['True-Client-IP', 'X-ClientIP', 'CF-Connecting-IP', 'X-Azure-SocketIP', 'X-Originating-IP'],
    ...['X-Remote-Addr', 'X-ProxyUser-Ip', 'X-Cluster-Name', 'X-Envoy-Peer', 'X-Appengine-User-IP'],
    ...['CDN-Src-IP', 'X-Real-Host', 'X-Host', 'X-Client-Cert'],
    // who it is
    ...['Remote-User', 'X-Auth-Request-User', 'X-WebAuth-User', 'X-Goog-IAP-JWT-Assertion'],
    ...['X-MS-Client-Principal', 'X-MS-Token-AAD-ID-Token', 'X-Amzn-Oidc-Data', 'Cf-Access-Jwt-Assertion'],
    ...['X-Pomerium-Jwt-Assertion', 'OIDC-Claim-sub', 'Tailscale-User-Login', 'X-JWT-Assertion'],
    ...['X-ID-Token', 'X-Access-Token', 'X-Consumer-Username', 'X-Credential-Identifier'],
    'X-Anonymous-Consumer',
    // and by which certificate
    ...['Client-Cert', 'SSL-Client-S-DN', 'X-SSL-Client-Verify', 'X-TLS-Version', 'X-ARR-ClientCert'],
  ])('%s, in any spelling (GHSA-vjrc-mh2v-45x6)', (name) => {
    const spellings = [name, name.toLowerCase(), name.toUpperCase(), name.replaceAll('-', '_')];
    spellings.push(name.replaceAll('-', '_').toUpperCase(), name.replaceAll('-', '.'));
    for (const spelling of spellings) {
      expect(sent([spelling, 'chunked', spelling, 'forged'])).toEqual(ours);
    }
  });

  test.each(['Content_Length', 'content_type', 'CONTENT.LENGTH'])(
    '%s is not a second spelling of a framing field',
    (name) => {
      const crossed = Object.keys(sent([name, '5']));
      expect(crossed.filter((one) => one.replaceAll(/[_.]/g, '-') === 'content-length')).toEqual([]);
      expect(crossed.filter((one) => one.replaceAll(/[_.]/g, '-') === 'content-type')).toEqual([]);
    },
  );

  test('BFF-PROXY-08 fields named in Connection go, fields of ours stay', () => {
    const raw = ['Connection', 'close, Authorization, x-FOO,via', 'X-Foo', '1', 'X-Bar', '2'];
    expect(sent([...raw, 'connection', 'x-bar, host, x-request-id'])).toEqual(ours);
  });

  test('an anonymous route drops the same (mod_auth_openidc 2026-08), and sends no token', () => {
    const raw = ['Authorization', 'Cookie', 'X_Forwarded_User', 'X-User', 'DPoP'].flatMap((name) => [
      name,
      'forged',
    ]);
    const { authorization: _, ...anonymous } = ours;
    expect(sent(raw, { token: null })).toEqual(anonymous);
  });

  test('CVE-2026-1525 fields of ours in other capitals are there once', () => {
    const raw = [
      'HOST',
      'evil',
      'aUTHORIZATION',
      'x',
      'AUTHORIZATION',
      'y',
      'VIA',
      '1.0 edge',
      'X-REQUEST-ID',
      'z',
    ];
    for (const values of Object.values(sent(raw))) expect(values).toHaveLength(1);
  });
});

test('names are judged alike however many were seen before', () => {
  const names = requestNames(new Set(['origin']));
  const raw = ['Origin', 'https://app.example', 'Cookie', 'a=b', 'X-A', '1', 'X_Forwarded_For', '192.0.2.1'];
  const first = sent(raw, { names });
  expect(first).toEqual({ ...ours, origin: ['https://app.example'], 'x-a': ['1'] });
  for (let i = 0; i < 1_000; i += 1)
    sent([`X-Made-Up-${i}`, 'x', `Cookie${i}`, 'x', `proxy-${i}`, 'x'], { names });
  expect(sent(raw, { names })).toEqual(first);
  expect(sent(['proxy-999', 'x', 'X-Made-Up-999', 'x'], { names })).toEqual({
    ...ours,
    'x-made-up-999': ['x'],
  });
});

describe('a route may keep some fields by name', () => {
  test('those that speak of the browser, in their proper spelling only', () => {
    const { kept, refused } = keptHeaders(['Origin', 'X-User-Locale', 'Sec-Fetch-Site']);
    expect(refused).toEqual([]);
    const raw = [
      'origin',
      'https://app.example',
      'X-USER-LOCALE',
      'de',
      'X_User_Locale',
      'fr',
      'Referer',
      '/',
    ];
    expect(sent(raw, { names: requestNames(kept) })).toEqual({
      ...ours,
      origin: ['https://app.example'],
      'x-user-locale': ['de'],
    });
  });

  test('never credentials, forwarding fields or our own', () => {
    const names = [
      'Cookie',
      'authorization',
      'X-Forwarded-For',
      'Host',
      'coatcheck-x',
      'X_HTTP_Method_Override',
      'X-Real-IP',
      'Forwarded',
      'DPoP',
      'Cookie2',
    ];
    const { kept, refused } = keptHeaders(names);
    expect(refused).toEqual(names);
    expect(
      sent(
        names.flatMap((name) => [name, 'forged']),
        { names: requestNames(new Set(names.map((n) => n.toLowerCase()))) },
      ),
    ).toEqual(ours);
    expect([...kept]).toEqual([]);
  });
});

test('of HTTP/2 the pseudo-header fields stay here, and Via names the version', () => {
  const rawHeaders = [':method', 'GET', ':scheme', 'https', ':authority', 'app.example', ':path', '/api/x'];
  const made = requestHeaders({ ...input([]), rawHeaders: [...rawHeaders, 'accept', '*/*'] });
  if (made.kind !== 'ok') throw new Error(made.kind);
  expect(made.headers.filter((field) => field.startsWith(':'))).toEqual([]);
  expect(made.headers.join('\n')).toContain('accept\n*/*\nvia\n2.0 coatcheck');
});

describe('BFF-PROXY-11 Via', () => {
  test.each([
    [['Via', '1.0 edge'], '1.0 edge, 1.1 coatcheck'],
    [['via', '1.0 edge', 'VIA', 'HTTP/2 cdn (x, y)'], '1.0 edge, HTTP/2 cdn (x, y), 1.1 coatcheck'],
    [['Via', '1.1 coatcheck'], '1.1 coatcheck, 1.1 coatcheck'],
    [['Via', '1.1 coatcheckers, 1.1 my-coatcheck'], '1.1 coatcheckers, 1.1 my-coatcheck, 1.1 coatcheck'],
  ])('%j becomes %s', (raw, via) => {
    expect(sent(raw).via).toEqual([via]);
  });

  test.each([
    [['Via', '1.1 coatcheck, 1.1 coatcheck']],
    [['Via', '1.1 coatcheck', 'via', 'HTTP/1.1 Coatcheck (x)']],
    [['Via', '1.0 edge, 1.1 coatcheck,1.1 other,  1.1  coatcheck']],
  ])('%j is a loop', (raw) => {
    expect(requestHeaders(input(raw))).toEqual({ kind: 'loop' });
  });
});

describe('trace context', () => {
  test.each([parent, 'cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings'])(
    '%s is passed on with its state',
    (value) => {
      const seen = sent(['traceparent', value, 'Tracestate', 'a=1', 'tracestate', 'b=2']);
      expect(seen).toMatchObject({ traceparent: [value], tracestate: ['a=1', 'b=2'] });
    },
  );

  test.each([
    [['traceparent', parent.toUpperCase()]],
    [['traceparent', `${parent}-more`]],
    [['traceparent', `ff${parent.slice(2)}`]],
    [['traceparent', parent.replace(/4bf\w+/, '0'.repeat(32))]],
    [['traceparent', parent.replace(/00f0\w+/, '0'.repeat(16))]],
    [['traceparent', parent, 'Traceparent', parent]],
    [['traceparent', '']],
  ])('%j is replaced and its state dropped', (raw) => {
    expect(sent([...raw, 'tracestate', 'a=1'])).toEqual(ours);
  });

  test('a long Via or trace value is read in no time', () => {
    const start = performance.now();
    sent(['Via', ', '.repeat(8_000), 'traceparent', `cc-${'0-'.repeat(8_000)}`]);
    sent(['Via', 'a'.repeat(16_000)]);
    sent(['Via', ' '.repeat(16_000)]);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
