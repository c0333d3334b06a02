import { headerValues, openConnection, type RawConnection } from '@coatcheck/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Rig } from '../../rig.ts';
import { openedSocket, openSocket, startSignedIn } from './sockets.ts';

type Lines = Record<string, string | string[] | null>;

/** A handshake as bytes; what is null is left out. */
function handshake(rig: Rig, over: Lines = {}, { method = 'GET', target = '/api/ws', version = '1.1' } = {}) {
  const fields: Lines = {
    Host: new URL(rig.url).host,
    Origin: rig.url,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...over,
  };
  const lines = Object.entries(fields).flatMap(([name, values]) =>
    values === null ? [] : [values].flat().map((value) => `${name}: ${value}`),
  );
  return [`${method} ${target} HTTP/${version}`, ...lines, '', ''].join('\r\n');
}

async function connection(rig: Rig): Promise<RawConnection> {
  const opened = await openConnection({ host: 'localhost', port: Number(new URL(rig.url).port) });
  onTestFinished(() => opened.destroy());
  return opened;
}

async function cookieOf(jar: Awaited<ReturnType<typeof startSignedIn>>['jar']) {
  return [...jar.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
}

describe('who may open a WebSocket', () => {
  it.each([
    ['a foreign', 'https://evil.example'],
    ['a sibling', 'http://evil.localhost'],
    ['an opaque', 'null'],
    ['another port of the', 'http://localhost:1'],
    ['no', null],
  ])('refuses %s origin before anything else (BFF-STREAM-03, advisory 2)', async (_, origin) => {
    const { rig, jar } = await startSignedIn();
    const refusal = await openSocket(rig, jar, { origin }).refused;
    expect(refusal).toMatchObject({ status: 403, code: 'cross_site_request' });
    expect(rig.upstream.hits()).toBe(0);
  });

  it('asks Fetch Metadata nothing: Origin decides', async () => {
    const { rig, jar } = await startSignedIn();
    await openedSocket(rig, jar, { headers: { 'sec-fetch-site': 'cross-site' } });
  });

  it('needs a session, and clears a ticket that opens none (BFF-STREAM-04)', async () => {
    const { rig, jar } = await startSignedIn();
    const anonymous = await openSocket(rig, undefined).refused;
    expect(anonymous).toMatchObject({ status: 401, code: 'session_required' });
    const old = jar.clone();
    await jar.fetch('/bff/logout', { method: 'POST', json: { local: true } });
    const ended = await openSocket(rig, old).refused;
    expect(ended).toMatchObject({ status: 401, code: 'session_required' });
    expect(JSON.parse(ended.body)).toMatchObject({ reason: 'signed-out' });
    expect(ended.headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect(rig.upstream.hits()).toBe(0);
  });

  it('lets anybody of our pages in where the route is anonymous, without a token', async () => {
    const { rig, jar } = await startSignedIn({ session: 'none' });
    await openedSocket(rig, jar);
    expect(rig.upstream.requestsOf('/api/ws')[0]?.headers.authorization).toBeUndefined();
  });

  it('needs the scopes of the route', async () => {
    const { rig, jar } = await startSignedIn({ scopes: ['notes:write'] });
    expect(await openSocket(rig, jar).refused).toMatchObject({ status: 403, code: 'insufficient_scope' });
  });

  it('refreshes an expired token once before the upgrade (BFF-STREAM-04)', async () => {
    const { rig, jar } = await startSignedIn();
    rig.upstream.onUpgrade((request, socket) => {
      expect(request.headers.authorization).toMatch(/^Bearer ./);
      socket.end(
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token"\r\nContent-Length: 0\r\n\r\n',
      );
    });
    // Too young to blame: the refusal is relayed, not retried.
    expect(await openSocket(rig, jar).refused).toMatchObject({ status: 401, code: undefined });
    expect(rig.upstream.hits('/api/ws')).toBe(1);
  });
});

describe('what is a WebSocket', () => {
  it.each([
    ['/elsewhere', 404, 'not_found'],
    ['/bff/session', 404, 'not_found'],
    ['/bff/events', 404, 'not_found'],
    ['/apix', 404, 'not_found'],
  ])('answers an upgrade of %s with %i', async (path, status, code) => {
    const { rig, jar } = await startSignedIn();
    expect(await openSocket(rig, jar, { path }).refused).toMatchObject({ status, code });
  });

  it('refuses it on a route that takes none, which answers calls as ever', async () => {
    const { rig, jar } = await startSignedIn({}, [{ prefix: '/plain' }]);
    const refusal = await openSocket(rig, jar, { path: '/plain/ws' }).refused;
    expect(refusal).toMatchObject({ status: 403, code: 'websocket_refused' });
    expect(rig.upstream.hits()).toBe(0);
    expect((await jar.fetch('/plain/ws')).status).toBe(200);
  });

  const malformed: [string, Lines, object][] = [
    ['another method', {}, { method: 'POST' }],
    ['HTTP/1.0', {}, { version: '1.0' }],
    ['no key', { 'Sec-WebSocket-Key': null }, {}],
    ['two keys', { 'Sec-WebSocket-Key': ['dGhlIHNhbXBsZSBub25jZQ==', 'dGhlIHNhbXBsZSBub25jZQ=='] }, {}],
    ['a key that is none', { 'Sec-WebSocket-Key': 'short' }, {}],
    ['no version', { 'Sec-WebSocket-Version': null }, {}],
    ['an old version', { 'Sec-WebSocket-Version': '8' }, {}],
    ['another protocol', { Upgrade: 'h2c' }, {}],
    ['several protocols', { Upgrade: 'websocket, h2c' }, {}],
    ['a subprotocol twice', { 'Sec-WebSocket-Protocol': 'a, a' }, {}],
    ['a subprotocol that is no name', { 'Sec-WebSocket-Protocol': 'a, ,b' }, {}],
    ['content', { 'Content-Length': '5' }, {}],
    ['chunked content', { 'Transfer-Encoding': 'chunked' }, {}],
    ['two Origins', { Origin: ['https://evil.example', 'http://localhost'] }, {}],
    ['two Hosts', { Host: ['localhost', 'evil.example'] }, {}],
    ['a fragment (advisory 3)', {}, { target: '/api/ws#x' }],
  ];
  it.each(malformed)('refuses a handshake with %s, and closes the connection', async (_, over, line) => {
    const { rig, jar } = await startSignedIn();
    const raw = await connection(rig);
    await raw.write(handshake(rig, { Cookie: await cookieOf(jar), ...over }, line));
    const answer = await raw.read();
    expect(answer.status).toBe(400);
    expect(await raw.closesWithin(1_000)).toBe(true);
    expect(rig.upstream.hits()).toBe(0);
    expect((await jar.fetch('/api/after')).status).toBe(200);
  });

  it('names the version that it speaks', async () => {
    const { rig } = await startSignedIn();
    const raw = await connection(rig);
    await raw.write(handshake(rig, { 'Sec-WebSocket-Version': '99' }));
    expect(headerValues(await raw.read(), 'sec-websocket-version')).toEqual(['13']);
  });
});

describe('a connection that was used before', () => {
  it('becomes a WebSocket after calls that were answered', async () => {
    const { rig, jar } = await startSignedIn();
    const raw = await connection(rig);
    const Cookie = await cookieOf(jar);
    const host = new URL(rig.url).host;
    for (const path of ['/api/notes', '/bff/session']) {
      await raw.write(
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nSec-Fetch-Site: same-origin\r\nCookie: ${Cookie}\r\n\r\n`,
      );
      expect((await raw.read()).status).toBe(200);
    }
    await raw.write(handshake(rig, { Cookie }));
    expect((await raw.read()).status).toBe(101);
  });
});

describe('a connection that misbehaves', () => {
  it.each([
    ['behind another request', '/api/slow'],
    ['behind one of ours', '/bff/session'],
  ])('survives an upgrade that is pipelined %s (advisory 3)', async (_, first) => {
    const { rig, jar } = await startSignedIn();
    const raw = await connection(rig);
    const Cookie = await cookieOf(jar);
    const call = `GET ${first} HTTP/1.1\r\nHost: ${new URL(rig.url).host}\r\nSec-Fetch-Site: same-origin\r\nCookie: ${Cookie}\r\n\r\n`;
    await raw.write(call + handshake(rig, { Cookie }) + handshake(rig, { Cookie }));
    expect(await raw.closesWithin(5_000)).toBe(true);
    expect((await jar.fetch('/api/after')).status).toBe(200);
  });

  it('survives a reset at any moment of the handshake (advisory 3)', async () => {
    const { rig, jar } = await startSignedIn();
    const Cookie = await cookieOf(jar);
    const bytes = handshake(rig, { Cookie });
    for (const part of [bytes.length, bytes.length - 1]) {
      const raw = await connection(rig);
      await raw.write(bytes.slice(0, part));
      raw.destroy({ reset: true });
    }
    const refused = await connection(rig);
    await refused.write(handshake(rig, { Origin: 'https://evil.example' }));
    refused.destroy({ reset: true });
    expect((await jar.fetch('/api/after')).status).toBe(200);
  });

  it('survives frames that come before the answer, and relays them', async () => {
    const { rig, jar } = await startSignedIn();
    const raw = await connection(rig);
    // A masked text frame, “hi” (RFC 6455 §5.2).
    const frame = Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]);
    const head = Buffer.from(handshake(rig, { Cookie: await cookieOf(jar) }));
    await raw.write(Buffer.concat([head, frame]));
    expect((await raw.read()).status).toBe(101);
    await expect.poll(() => raw.unread.toString('latin1')).toContain('hi');
  });

  it('survives bytes that are no frames', async () => {
    const { rig, jar } = await startSignedIn();
    const raw = await connection(rig);
    await raw.write(handshake(rig, { Cookie: await cookieOf(jar) }));
    expect((await raw.read()).status).toBe(101);
    await raw.write('GET /api/notes HTTP/1.1\r\n\r\n');
    expect(await raw.closesWithin(6_000)).toBe(true);
    expect((await jar.fetch('/api/after')).status).toBe(200);
  });
});

describe('paths of WebSockets (advisory 4, 7, 22)', () => {
  it.each([
    '/api/../admin',
    '/api/..%2fadmin',
    '/api/%2e%2e/admin',
    '/api/%252e%252e/admin',
    '/api/..;x/admin',
    '/api/\\..\\admin',
    '/api/%5c..%5cadmin',
    '/api//evil.example/ws',
    '/api/./ws',
    '/api/ws%00',
    '/api/ws#/public',
  ])('refuses %s as it does for calls', async (target) => {
    const { rig, jar } = await startSignedIn({ keepPrefix: false });
    const raw = await connection(rig);
    await raw.write(handshake(rig, { Cookie: await cookieOf(jar) }, { target }));
    expect((await raw.read()).status).toBe(400);
    expect(rig.upstream.hits()).toBe(0);
  });

  it.each(['/%61pi/ws', '/API/ws', '//api/ws', '/api;x/ws', 'http://localhost/api/ws'])(
    'finds no route for %s',
    async (target) => {
      const { rig, jar } = await startSignedIn();
      const raw = await connection(rig);
      await raw.write(handshake(rig, { Cookie: await cookieOf(jar) }, { target }));
      expect([400, 404]).toContain((await raw.read()).status);
      expect(rig.upstream.hits()).toBe(0);
    },
  );
});
