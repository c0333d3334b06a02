import { once } from 'node:events';
import { constants, type OutgoingHttpHeaders } from 'node:http2';
import https from 'node:https';
import { connect as tlsConnect } from 'node:tls';
import { openConnection } from '@coatcheck/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Frame, frame, frameTypes, getApi, getRoot, openFrames, postApi } from './http2-frames.ts';
import { answerTo, call, connect, own, startServer } from './http2-server.ts';

const echo: Parameters<typeof startServer>[0] = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.end(Buffer.concat(chunks)));
};

describe('HTTP/2 to the browser', () => {
  it('is chosen by ALPN, beside HTTP/1.1 on the same port', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    expect(session.alpnProtocol).toBe('h2');
    expect((await call(session, { ':path': '/bff/providers' })).status).toBe(200);
    const [response] = await once(
      https.get(`${server.origin}/bff/providers`, { ca: server.ca, agent: false }),
      'response',
    );
    expect([response.statusCode, response.httpVersion]).toEqual([200, '1.1']);
    response.resume();
  });

  it('is off where the configuration says so', async () => {
    const server = await startServer(echo, { http2: false });
    const socket = tlsConnect({
      host: 'localhost',
      port: server.port,
      ca: server.ca,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
  });

  it('BFF-BAD-01: takes no HTTP/2.0 in a request line, nor other upgrades', async () => {
    const server = await startServer(echo);
    const talk = async (...lines: string[]) => {
      const connection = await openConnection({ host: 'localhost', port: server.port, tls: true });
      onTestFinished(() => connection.destroy());
      const own = [`Host: localhost:${server.port}`, 'Sec-Fetch-Site: same-origin'];
      await connection.write(`${[...lines, ...own].join('\r\n')}\r\n\r\n`);
      return (await connection.read()).status;
    };
    expect(await talk('GET /api/x HTTP/2.0')).toBe(400);
    expect(await talk('GET /api/x HTTP/1.1', 'Connection: Upgrade', 'Upgrade: h2c')).toBe(200);
  });

  it('relays an upload whose length nothing tells, and one that does', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const content = Buffer.alloc(1_000_000, 'x');
    for (const headers of [{}, { 'content-length': content.length }]) {
      const answer = await call(session, { ':method': 'POST', ':path': '/api/x', ...headers }, content);
      expect(answer.status).toBe(200);
      expect(answer.body.equals(content)).toBe(true);
    }
  });

  it('BFF-HDR-01: lets no pseudo-header field cross, and says in Via what it got', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const answer = await call(session, { ':path': '/api/x?y=1', cookie: ['a=1', 'b=2'], 'x-mine': 'yes' });
    expect(answer.status).toBe(200);
    const [request] = server.received;
    expect(request?.url).toBe('/api/x?y=1');
    expect(request?.rawHeaders.filter((_, at) => at % 2 === 0).join()).not.toContain(':');
    expect(request?.headers).toMatchObject({ 'x-mine': 'yes', via: '2.0 coatcheck' });
    expect(request?.headers['x-forwarded-for']).toMatch(/^(127\.0\.0\.1|::1)$/);
    expect(request?.headers.cookie).toBeUndefined();
  });

  it('relays repeated fields, hints and trailers, and no field of a connection', async () => {
    const server = await startServer((_request, response) => {
      response.writeEarlyHints({ link: '</api/app.css>; rel=preload; as=style' });
      response.writeHead(200, ['x-list', 'a', 'X-List', 'b', 'Keep-Alive', 'timeout=5', 'Trailer', 'x-sum']);
      response.write('content');
      response.addTrailers([
        ['x-sum', '1'],
        ['x-sum', '2'],
      ]);
      response.end();
    });
    const answer = await call(await connect(server), { ':path': '/api/x' });
    expect(answer.headers['x-list']).toBe('a, b');
    expect(answer.headers).not.toHaveProperty('keep-alive');
    expect(answer.headers).not.toHaveProperty('transfer-encoding');
    expect(answer.headers.trailer).toBe('x-sum');
    expect(answer.trailers['x-sum']).toBe('1, 2');
    expect(answer.body.toString()).toBe('content');
    expect(answer.hints.map((hint) => hint[':status'])).toEqual([103]);
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('answers %s with %i and no content', async (method, status) => {
    const server = await startServer((_request, response) =>
      response.writeHead(status, { etag: '"1"' }).end(),
    );
    const answer = await call(await connect(server), { ':method': method, ':path': '/api/x' });
    expect([answer.status, answer.body.length, answer.code]).toEqual([status, 0, 0]);
    expect(answer.headers.etag).toBe('"1"');
  });

  it('resets the stream, and no other, where the API breaks off', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/api/whole') return void response.end('whole');
      response.write('half', () => response.destroy());
    });
    const session = await connect(server);
    const [broken, whole] = await Promise.all([
      call(session, { ':path': '/api/half' }),
      call(session, { ':path': '/api/whole' }),
    ]);
    expect(broken.code).not.toBe(0);
    expect([whole.body.toString(), whole.code]).toEqual(['whole', 0]);
    expect((await call(session, { ':path': '/api/whole' })).status).toBe(200);
  });

  it('never says that the content ends where it breaks off, and says that more of it is not wanted', async () => {
    const server = await startServer((request, response) => {
      if (request.url === '/api') response.write('half', () => response.destroy());
      else request.resume();
    });
    const { socket, received, send } = await openFrames(server.port, server.ca);
    onTestFinished(() => void socket.destroy());
    const authority = `localhost:${server.port}`;
    const endOf = (stream: number) =>
      vi.waitFor(() => {
        const last = received.filter((one) => one.stream === stream).at(-1);
        expect(last?.type).toBe(frameTypes.resetStream);
        return last?.payload.readUInt32BE(0);
      });
    send(getApi(1, authority));
    expect(await endOf(1)).toBe(constants.NGHTTP2_INTERNAL_ERROR);
    const isEnd = ({ stream, type, flags }: Frame) =>
      stream === 1 && type !== frameTypes.resetStream && (flags & 1) === 1;
    expect(received.filter(isEnd)).toEqual([]);
    send(postApi(3, authority, '3000000'));
    expect(await endOf(3)).toBe(constants.NGHTTP2_NO_ERROR);
  });

  it('cancels the call to the API where the browser resets the stream', async () => {
    const gone = vi.fn();
    const server = await startServer((_request, response) => {
      response.on('close', gone);
      response.write('first');
    });
    const session = await connect(server);
    const stream = session.request({ ':path': '/api/x', ...own });
    await once(stream, 'data');
    stream.close(8);
    await vi.waitFor(() => expect(gone).toHaveBeenCalled());
    expect((await call(session, { ':path': '/bff/providers' })).status).toBe(200);
  });

  it('lives through hundreds of calls that are broken off at any moment, by either side', async () => {
    const server = await startServer((request, response) => {
      request.resume();
      response.on('error', () => {});
      response.write(Buffer.alloc(50_000));
      const isCut = server.received.length % 3 === 0;
      setImmediate(() => (isCut ? response.destroy() : response.end(Buffer.alloc(100_000))));
    });
    let session = await connect(server);
    const leave = (at: number) => {
      const stream = session.request({ ':method': at % 2 ? 'POST' : 'GET', ':path': '/api/x', ...own });
      const done = answerTo(stream);
      if (at % 4 === 1) stream.write(Buffer.alloc(40_000));
      if (at % 4 === 3) stream.end(Buffer.alloc(100_000));
      const moments = [() => stream.close(8), () => setImmediate(() => stream.close(8)), () => {}];
      if (at % 5 === 4) stream.once('response', () => stream.close(8));
      else moments[at % 3]?.();
      if (at % 4 === 1 && at % 3 === 2) stream.end();
      return done;
    };
    for (let round = 0; round < 15; round += 1) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => leave(at)));
      session = await connect(server);
    }
    expect(server.received.length).toBeGreaterThan(100);
    expect((await call(session, { ':path': '/bff/providers' })).status).toBe(200);
  });

  it('reads no more from the API than a browser takes', async () => {
    let written = 0;
    const server = await startServer((_request, response) => {
      const more = () => {
        while (written < 200_000_000 && response.write(Buffer.alloc(64 * 1024))) written += 64 * 1024;
      };
      response.on('drain', more);
      more();
    });
    const session = await connect(server);
    const stream = session.request({ ':path': '/api/x', ...own });
    stream.on('error', () => {});
    await once(stream, 'response');
    let before = -1;
    await vi.waitFor(
      () => {
        const stands = before === written;
        before = written;
        expect(stands).toBe(true);
      },
      { timeout: 10_000, interval: 200 },
    );
    expect(written).toBeLessThan(20_000_000);
    expect((await call(session, { ':path': '/bff/providers' })).status).toBe(200);
  });

  it('BFF-BAD-03: answers an upload over the limit, asks the client to stop, and to take another connection', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const headers = { ':method': 'POST', ':path': '/api/x', ...own };
    const told = session.request({ ...headers, 'content-length': 3_000_000 });
    told.write(Buffer.alloc(1_000));
    expect(await answerTo(told)).toMatchObject({ status: 413, code: 0 });
    const other = await connect(server);
    const goaway = once(other, 'goaway');
    const untold = other.request(headers);
    untold.end(Buffer.alloc(3_000_000));
    expect((await answerTo(untold)).status).toBe(413);
    await vi.waitFor(() => expect(untold.closed).toBe(true));
    await goaway;
  });

  it('takes no more on a connection whose upload broke off: Node would refuse it', async () => {
    const server = await startServer((request) => request.resume());
    const session = await connect(server);
    const goaway = once(session, 'goaway');
    const stream = session.request({ ':method': 'POST', ':path': '/api/x', ...own });
    stream.on('error', () => {});
    stream.write(Buffer.alloc(100_000));
    await vi.waitFor(() => expect(server.received).toHaveLength(1));
    stream.close(constants.NGHTTP2_CANCEL);
    await goaway;
  });

  it('answers Expect after the guard', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const headers = { ':method': 'POST', ':path': '/api/x', expect: '100-continue' };
    const stream = session.request({ ...headers, ...own });
    stream.once('continue', () => stream.end('later'));
    expect((await answerTo(stream)).body.toString()).toBe('later');
    const foreign = session.request({ ...headers, 'sec-fetch-site': 'cross-site' });
    const onContinue = vi.fn();
    foreign.once('continue', onContinue);
    expect((await answerTo(foreign)).status).toBe(403);
    expect(onContinue).not.toHaveBeenCalled();
  });

  it('PROXY-07: judges host, fields and size before routing, and serves on', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const path = { ':path': '/api/x' };
    const host = `localhost:${server.port}`;
    const codeOf = async (headers: OutgoingHttpHeaders) => {
      const { status, headers: got } = await call(session, { ...path, ...headers });
      return [status, got['coatcheck-problem']];
    };
    expect(await codeOf({ ':authority': 'evil.example' })).toEqual([421, 'unknown_host']);
    expect(await codeOf({ ':authority': host, host: 'evil.example' })).toEqual([400, 'malformed_request']);
    expect(await codeOf({ ':authority': host, host })).toEqual([200, undefined]);
    expect(await codeOf({ ':scheme': 'ftp' })).toEqual([400, 'malformed_request']);
    expect(await codeOf({ ':path': '*', ':method': 'OPTIONS' })).toEqual([400, 'malformed_request']);
    expect(await codeOf({ 'x-large': 'x'.repeat(17_000) })).toEqual([431, 'headers_too_large']);
    const many = Object.fromEntries(Array.from({ length: 105 }, (_, at) => [`x-${at}`, 'x']));
    expect(await codeOf(many)).toEqual([431, 'headers_too_large']);
    expect(server.received).toHaveLength(1);
  });

  it('resets a stream whose header fields are a bomb', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const bomb = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`x-${at}`, 'x']));
    expect((await call(session, { ':path': '/api/x', ...bomb })).status).toBe(0);
    expect(server.received).toHaveLength(0);
  });

  it('CVE-2023-44487: takes no more of a client that resets stream after stream', async () => {
    const server = await startServer(echo);
    const { socket, received, send } = await openFrames(server.port, server.ca);
    onTestFinished(() => void socket.destroy());
    const cancel = Buffer.from([0, 0, 0, 8]);
    for (let stream = 1; stream < 4_000; stream += 2)
      send(getRoot(stream, `localhost:${server.port}`), frame(frameTypes.resetStream, 0, stream, cancel));
    await vi.waitFor(() => expect(received.map(({ type }) => type)).toContain(frameTypes.goAway), 10_000);
    const lastStream = received.find(({ type }) => type === frameTypes.goAway)?.payload.readUInt32BE(0);
    expect(lastStream).toBeLessThan(1_400);
    await vi.waitFor(() => expect(socket.destroyed).toBe(true));
    const other = await connect(server);
    expect((await call(other, { ':path': '/bff/providers' })).status).toBe(200);
  });

  it('lets a client have a hundred streams at a time', async () => {
    const server = await startServer(echo);
    const session = await connect(server);
    const ours = { maxConcurrentStreams: 100, maxHeaderListSize: 49_152 };
    await vi.waitFor(() => expect(session.remoteSettings).toMatchObject(ours));
  });

  it('answers 408 where the content does not come', async () => {
    const server = await startServer(echo, {}, { listen: { requestTimeout: '300ms' } });
    const session = await connect(server);
    const stream = session.request({ ':method': 'POST', ':path': '/api/x', ...own });
    stream.write('a');
    expect((await answerTo(stream)).status).toBe(408);
    expect((await call(session, { ':path': '/bff/providers' })).status).toBe(200);
  });

  it('OPS-04: tells its clients to go, and ends what is under way', async () => {
    const server = await startServer((_request, response) => {
      response.write('first');
      server.running.app.server.once('close', () => undefined);
      release = () => response.end('last');
    });
    let release = () => {};
    const [busy, idle] = [await connect(server), await connect(server)];
    const goneIdle = once(idle, 'goaway');
    const goneBusy = once(busy, 'goaway');
    const stream = busy.request({ ':path': '/api/x', ...own });
    await once(stream, 'response');
    const closed = server.running.close();
    await Promise.all([goneIdle, goneBusy]);
    release();
    expect((await answerTo(stream)).body.toString()).toBe('firstlast');
    await closed;
  });

  it('OPS-04: answers while it waits to stop, and asks for another connection', async () => {
    const server = await startServer(echo, {}, { shutdown: { delay: '500ms' } });
    const session = await connect(server);
    const goaway = once(session, 'goaway');
    const closed = server.running.close();
    expect((await call(session, { ':path': '/api/x' })).status).toBe(200);
    await goaway;
    const other = await connect(server);
    expect((await call(other, { ':path': '/api/x' })).status).toBe(200);
    await closed;
  });

  it('OPS-04: a stream that never ends does not outlast the grace', async () => {
    const server = await startServer(
      (_request, response) => response.write('first'),
      {},
      { shutdown: { grace: '300ms' } },
    );
    const session = await connect(server);
    const stream = session.request({ ':path': '/api/x', ...own });
    await once(stream, 'response');
    const [answer] = await Promise.all([answerTo(stream), server.running.close()]);
    expect(answer.status).toBe(0);
  });
});
