import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  createEventStream,
  createJar,
  faults,
  headerValues,
  invalidToken,
  makeCertificate,
  openConnection,
  patternBytes,
  rawRequest,
  startUpstream,
  type Upstream,
} from '../src/index.ts';

let upstream: Upstream;
beforeEach(async () => {
  upstream = await startUpstream();
});
afterEach(() => upstream.close());

describe('the record', () => {
  it('keeps target, header case, order and duplicates, body hash and trailers', async () => {
    await rawRequest({
      port: upstream.port,
      lines: [
        'POST /a%2Fb/%E2%82%AC?x=1&x=2&y=%20+ HTTP/1.1',
        'Host: h',
        'X-Two: 1',
        'x-TWO: 2',
        'Trailer: X-Sum',
        'Transfer-Encoding: chunked',
        'Connection: close',
      ],
      body: '3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 7\r\n\r\n',
    });
    const [request] = upstream.requests;
    expect(request).toMatchObject({
      method: 'POST',
      target: '/a%2Fb/%E2%82%AC?x=1&x=2&y=%20+',
      path: '/a%2Fb/%E2%82%AC',
      bodyLength: 5,
      bodySha256: createHash('sha256').update('abcde').digest('hex'),
      rawTrailers: ['X-Sum', '7'],
      complete: true,
      aborted: false,
    });
    expect(request?.rawHeaders.slice(2, 6)).toEqual(['X-Two', '1', 'x-TWO', '2']);
    expect(request && headerValues(request, 'x-two')).toEqual(['1', '2']);
  });

  it('tells an aborted request from a complete one', async () => {
    const connection = await openConnection({ port: upstream.port });
    await connection.write('POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc');
    await vi.waitFor(() => expect(upstream.hits('/up')).toBe(1));
    connection.destroy({ reset: true });
    const [request] = upstream.requests;
    await request?.received;
    await request?.closed;
    expect(request).toMatchObject({ complete: false, aborted: true });
  });

  it('reads a body slowly when told to, so that the sender feels it', async () => {
    upstream.readRate = 1;
    const connection = await openConnection({ port: upstream.port });
    await connection.write('POST /up HTTP/1.1\r\nHost: h\r\nContent-Length: 50000000\r\n\r\n');
    const written = connection.socket.write(Buffer.alloc(50_000_000));
    expect(written).toBe(false);
    await vi.waitFor(() => expect(upstream.requests[0]?.bodyLength).toBeGreaterThan(0));
    expect(connection.socket.writableLength).toBeGreaterThan(1_000_000);
    connection.destroy();
  });

  it('counts hits by path and by pattern', async () => {
    const jar = createJar(upstream.url);
    await jar.get('/notes/1');
    await jar.get('/notes/2?x');
    expect([upstream.hits(), upstream.hits('/notes/2'), upstream.hits(/^\/notes\//)]).toEqual([2, 1, 2]);
  });
});

describe('the answer', () => {
  it('by default tells what came, but for credentials', async () => {
    const response = await createJar(upstream.url).post('/x?y', {
      headers: { Authorization: 'Bearer secret' },
      json: {},
    });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ method: 'POST', target: '/x?y', bodyLength: 2 });
    expect(text).not.toContain('secret');
  });

  it('is what a handler says: raw duplicate headers, interim answers, trailers, streams', async () => {
    upstream.on('/x', 'once', () => ({
      status: 200,
      headers: ['X-A', '1', 'x-a', '2', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
      interim: [{ status: 103, headers: { Link: '</style.css>; rel=preload' } }],
      trailers: { 'X-Sum': '7' },
      body: patternBytes(200_000),
    }));
    const answer = await rawRequest({
      port: upstream.port,
      lines: ['GET /x HTTP/1.1', 'Host: h', 'Connection: close'],
    });
    expect(answer.rawHeaders.slice(0, 4)).toEqual(['X-A', '1', 'x-a', '2']);
    expect(answer.header('set-cookie')).toEqual(['a=1', 'b=2']);
    expect(answer.interim[0]?.statusLine).toContain('103');
    expect(answer.rawTrailers).toEqual(['X-Sum', '7']);
    expect([answer.body.length, answer.complete, answer.closed]).toEqual([200_000, true, true]);
  });

  it('refuses a token n times', async () => {
    upstream.on('/x', 2, invalidToken());
    const jar = createJar(upstream.url);
    const answers = [await jar.get('/x'), await jar.get('/x'), await jar.get('/x')];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
    expect(answers[0]?.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('is held, reset, cut, malformed', async () => {
    const jar = createJar(upstream.url);
    const gate = upstream.hold('/held');
    const held = jar.get('/held');
    await gate.arrived;
    gate.release();
    expect((await held).status).toBe(200);
    upstream.on('/x', 'once', faults.reset());
    await expect(jar.get('/x')).rejects.toThrow();
    upstream.on('/x', 'once', faults.cutBody());
    await expect(jar.get('/x')).rejects.toThrow();
    upstream.on('/x', 'once', faults.rawBytes('nonsense\r\n\r\n'));
    await expect(jar.get('/x')).rejects.toThrow();
  });

  it('streams events one by one', async () => {
    const events = createEventStream();
    upstream.on('/events', 'once', events.handler);
    const stream = await createJar(upstream.url).stream('/events');
    const chunks = stream.chunks[Symbol.asyncIterator]();
    events.send('one\ntwo', { id: '7' });
    expect(String((await chunks.next()).value)).toBe('id: 7\ndata: one\ndata: two\n\n');
    stream.close();
    await events.closed;
  });
});

describe('connections', () => {
  it('echo WebSocket messages and record the handshake', async () => {
    const socket = new WebSocket(`${upstream.url.replace('http', 'ws')}/ws`, ['chat']);
    const message = Promise.withResolvers<string>();
    socket.on('message', (data) => message.resolve(String(data)));
    socket.on('open', () => socket.send('hello'));
    expect(await message.promise).toBe('hello');
    expect(socket.protocol).toBe('chat');
    expect(upstream.requests[0]?.headers.upgrade).toBe('websocket');
    socket.terminate();
  });

  it('are refused while down and accepted again on the same port', async () => {
    const jar = createJar(upstream.url);
    await upstream.goDown();
    await expect(jar.get('/')).rejects.toThrow('ECONNREFUSED');
    await upstream.comeBack();
    expect((await jar.get('/')).status).toBe(200);
  });

  it('speak TLS with a given certificate, which nobody trusts unless told to', async () => {
    const certificate = await makeCertificate();
    const secure = await startUpstream({ tls: certificate });
    await expect(fetch(secure.url)).rejects.toThrow();
    expect(secure.hits()).toBe(0);
    expect((await createJar(secure.url, { ca: certificate.cert }).get('/')).status).toBe(200);
    await expect(createJar(secure.url, { ca: (await makeCertificate()).cert }).get('/')).rejects.toThrow();
    const raw = await rawRequest({ port: secure.port, tls: true, lines: ['GET / HTTP/1.1', 'Host: h'] });
    expect([raw.status, raw.closed]).toEqual([200, false]);
    await secure.close();
  });
});
