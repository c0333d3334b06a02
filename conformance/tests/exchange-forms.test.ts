import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { type Answer, headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, openWire } from '../wire/call.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig();
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Types that parsers have stumbled over: tabs, parameters, garbage, none. */
const oddTypes = [
  ...[
    'application/json\t',
    'application/json\t; charset=x',
    'application/json;',
    'application/json; charset="utf-8"',
  ],
  ...[
    'application/json garbage',
    'application/ json',
    ' application/json',
    'application/json, text/plain',
    'json',
  ],
  ...[
    'text/plain; application/json',
    'application/x-www-form-urlencoded\x20',
    'multipart/form-data',
    '/',
    ';',
    'x',
  ],
  ...[
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="a\\"b"',
    'application/JSON',
    'a/b/c',
    '*/*',
  ],
  ...['application/vnd.api+json;ext=bulk', 'text/plain;charset=utf-7', 'application/json;__proto__=x', ''],
];
const oddBodies = [
  '{"a":1}',
  '{',
  '\0\xff\xfe\r\n\r\n--',
  '',
  '--x\r\n\r\n--x--',
  '__proto__[a]=1&a=%',
  'GET / HTTP/1.1\r\n\r\n',
];

advisory(74, ['BFF-PROXY-18'], 'a body reaches the API byte for byte, whatever it says it is', async () => {
  for (const type of oddTypes) {
    for (const body of oddBodies) {
      const bytes = Buffer.from(body, 'latin1');
      rig.upstream.clearRecords();
      const answer = await jar.fetch('/api/notes', {
        method: 'POST',
        headers: { 'content-type': type },
        body: bytes,
      });
      expect(answer.status, type).toBe(200);
      const [request] = rig.upstream.requests;
      expect(request?.bodySha256, `${type} ${body}`).toBe(sha256(bytes));
      // Node takes white space at the ends of a value away, as RFC 9110 §5.5 says.
      expect(request && headerValues(request, 'content-type'), type).toEqual([type.trim()]);
    }
  }
});

advisory(
  11,
  ['BFF-CSRF-01', 'BFF-BAD-04'],
  'no Content-Type stands in for the proof of same origin',
  async () => {
    const { extend, logout } = rig.bff.paths;
    for (const type of [...oddTypes, 'text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
      for (const path of [logout, extend, '/api/notes']) {
        const init = {
          method: 'POST',
          headers: { 'content-type': type, origin: rig.bff.url },
          body: '{"local":true}',
        };
        expect((await jar.request(path, init)).status, `${path} ${type}`).toBe(403);
        const foreign = await jar.fetch(path, { ...init, site: 'cross-site' });
        expect(foreign.status, `${path} ${type}`).toBe(403);
      }
      // With the proof, our own endpoints still take no more than JSON and forms.
      const session = jar.clone();
      const plain = await session.fetch(extend, {
        method: 'POST',
        headers: { 'content-type': type },
        body: '{',
      });
      expect(type.startsWith('application/x-www-form') ? [200] : [400, 415], type).toContain(plain.status);
    }
    expect(rig.upstream.hits()).toBe(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);

const text = 'The coat on hook 7. '.repeat(500);
const compressed: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(text),
  br: brotliCompressSync(text),
  'x-unknown': randomBytes(999),
  'gzip, gzip': gzipSync(gzipSync(text)),
};

requirement(
  'BFF-PROXY-18',
  'compressed content passes as it is, in both directions, however much it hides',
  async () => {
    for (const [coding, bytes] of Object.entries(compressed)) {
      const headers = { 'content-encoding': coding, 'content-type': 'text/plain', etag: '"x"' };
      rig.upstream.on('*', 'once', () => ({ status: 200, headers, body: bytes }));
      const answer = await jar.fetch('/api/file', { headers: { 'accept-encoding': 'gzip, br' } });
      expect(sha256(await answer.bytes()), coding).toBe(sha256(bytes));
      expect(answer.headers.get('content-encoding')).toBe(coding);
      expect(answer.headers.get('content-length')).toBe(String(bytes.length));
      rig.upstream.clearRecords();
      await jar.fetch('/api/file', { method: 'PUT', headers, body: bytes });
      expect(rig.upstream.requests[0]).toMatchObject({ bodySha256: sha256(bytes), headers });
    }
    // 100 MB in 100 KB: nobody here unpacks it.
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 });
    rig.upstream.on('*', 'once', () => ({
      status: 200,
      headers: { 'content-encoding': 'gzip' },
      body: bomb,
    }));
    const answer = await jar.fetch('/api/bomb');
    expect((await answer.bytes()).length).toBe(bomb.length);
    expect((await jar.fetch('/api/bomb', { method: 'POST', body: bomb })).status).toBe(200);
    expect(gunzipSync(compressed.gzip ?? '').toString()).toBe(text);
  },
);

requirement('BFF-PROXY-18', 'parts, conditions and bodiless answers keep their meaning', async () => {
  const forms: [string, Record<string, string>, Answer, number][] = [
    [
      'GET',
      { range: 'bytes=2-4' },
      { status: 206, headers: { 'content-range': 'bytes 2-4/9' }, body: 'cde' },
      3,
    ],
    ['GET', { range: 'bytes=99-' }, { status: 416, headers: { 'content-range': 'bytes */9' } }, 0],
    ['GET', { 'if-none-match': '"a"' }, { status: 304, headers: { etag: '"a"', 'content-length': '9' } }, 9],
    ['PUT', { 'if-match': '"b"' }, { status: 412, headers: { etag: '"a"' } }, 0],
    ['DELETE', {}, { status: 204, headers: { etag: '"c"' } }, -1],
    ['GET', {}, { status: 205, headers: { 'content-length': '0' } }, 0],
    ['HEAD', {}, { status: 200, headers: { 'content-length': '12345', etag: '"d"' } }, 12_345],
    ['HEAD', {}, { status: 404, headers: { 'content-length': '7' } }, 7],
    [
      'GET',
      {},
      { status: 203, headers: { 'content-length': '0', date: 'Thu, 01 Jan 2026 00:00:00 GMT' } },
      0,
    ],
  ];
  for (const [method, headers, given, length] of forms) {
    const about = `${method} ${given.status}`;
    rig.upstream.clearRecords();
    rig.upstream.on('*', 'once', () => given);
    const answer = await jar.fetch('/api/file', { method, headers });
    expect(answer.status, about).toBe(given.status);
    expect(answer.headers.get('content-length'), about).toBe(length < 0 ? null : String(length));
    for (const [name, value] of Object.entries(given.headers ?? {}))
      if (name !== 'content-length') expect(answer.headers.get(name), about).toBe(value);
    expect(await answer.text(), about).toBe(given.body ?? '');
    expect(rig.upstream.requests[0]?.headers, about).toMatchObject(headers);
  }
});

requirement('BFF-PROXY-18', 'Expect is answered here, and only to those who may send', async () => {
  const expecting = 'Expect: 100-continue\r\nContent-Length: 5\r\n';
  const wire = await openWire(rig);
  await wire.write(callBytes(rig, jar, 'POST /api/notes HTTP/1.1', expecting));
  await expect.poll(() => wire.unread.toString()).toContain('HTTP/1.1 100 Continue\r\n\r\n');
  await wire.write('hello');
  expect((await wire.read()).status).toBe(200);
  expect(rig.upstream.requests[0]?.body.toString()).toBe('hello');
  wire.destroy();
  for (const [who, limit] of [
    [rig.jar(), 401],
    [jar, 413],
  ] as const) {
    const refused = await openWire(rig);
    const length = limit === 413 ? expecting.replace('5', '99999999999') : expecting;
    await refused.write(callBytes(rig, who, 'POST /api/notes HTTP/1.1', length));
    const answer = await refused.read();
    expect([answer.status, answer.interim]).toEqual([limit, []]);
    refused.destroy();
  }
});
