import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished, test } from 'vitest';
import { fetchRaw, listen, type RigOptions, startFront, startUpstream, until } from './rig.ts';

type OnStream = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void;
type Protocol = 'h2' | 'h2c';

async function certificate() {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'upstream.test' }], {
    keyType: 'ec',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  return { key, cert };
}

/** A front for an upstream that speaks HTTP/2 alone. */
async function startPair(protocol: Protocol, onStream: OnStream, options: RigOptions = {}) {
  const { key, cert } = await certificate();
  const server = protocol === 'h2' ? http2.createSecureServer({ key, cert }) : http2.createServer();
  const sessions = new Set<http2.Http2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    onStream(stream, headers);
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const scheme = protocol === 'h2' ? 'https' : 'http';
  const origin = `${scheme}://127.0.0.1:${port}`;
  const upstream = { origin, protocol, ...(protocol === 'h2' ? { ca: cert } : {}), ...options.upstream };
  const front = await startFront(port, { ...options, upstream });
  return { front, sessions };
}

describe.each(['h2', 'h2c'] as const)('an upstream that speaks %s', (protocol) => {
  it('gets many calls over one connection, with the token and without fields of a connection', async () => {
    const seen: http2.IncomingHttpHeaders[] = [];
    const { front, sessions } = await startPair(protocol, (stream, headers) => {
      seen.push(headers);
      stream.respond({ ':status': 200, 'x-list': ['a', 'b'] });
      stream.end(`${headers[':method']} ${headers[':path']}`);
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        fetchRaw(front.port, `/x?n=${at}`, {
          headers: { connection: 'x-hop', 'x-hop': '1', TE: 'trailers' },
        }),
      ),
    );
    expect(answers.map(({ body }) => body.toString())).toEqual(
      Array.from({ length: 20 }, (_, at) => `GET /x?n=${at}`),
    );
    expect(answers[0]?.headers['x-list']).toBe('a, b');
    expect(seen[0]?.authorization).toBe('Bearer canary-access-token');
    expect(seen[0]?.[':authority']).toMatch(/^127\.0\.0\.1:\d+$/);
    for (const name of ['x-hop', 'connection', 'te', 'host']) expect(seen[0]).not.toHaveProperty(name);
    expect(sessions.size).toBe(1);
  });

  it('sends a download whole, hints and trailers with it', async () => {
    const { front } = await startPair(protocol, (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</app.css>; rel=preload' });
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
      stream.end(Buffer.alloc(3_000_000, 'y'));
    });
    const hints: (string | string[] | undefined)[] = [];
    const request = http.get({ port: front.port, path: '/', agent: false });
    request.on('information', ({ headers }) => hints.push(headers.link));
    await once(request, 'response');
    request.destroy();
    expect(hints).toEqual(['</app.css>; rel=preload']);
    const answer = await fetchRaw(front.port, '/x');
    expect([answer.status, answer.body.length, answer.complete]).toEqual([200, 3_000_000, true]);
    expect(answer.trailers['x-sum']).toBe('1');
  });

  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('answers %s with %i and no content', async (method, status) => {
    const { front } = await startPair(protocol, (stream) =>
      stream.respond({ ':status': status, etag: '"1"' }, { endStream: true }),
    );
    const answer = await fetchRaw(front.port, '/x', { method });
    expect([answer.status, answer.body.length, answer.complete]).toEqual([status, 0, true]);
    expect(answer.headers.etag).toBe('"1"');
  });

  it('is told when the browser leaves, and goes on with the others', async () => {
    let gone = 0;
    const { front, sessions } = await startPair(protocol, (stream, headers) => {
      stream.on('close', () => (gone += headers[':path'] === '/slow' ? 1 : 0));
      stream.respond({ ':status': 200 });
      if (headers[':path'] === '/slow') stream.write('first');
      else stream.end('whole');
    });
    const request = http.get({ port: front.port, path: '/slow', agent: false });
    const [response] = await once(request, 'response');
    await once(response, 'data');
    expect((await fetchRaw(front.port, '/x')).body.toString()).toBe('whole');
    request.destroy();
    await until(() => expect(gone).toBe(1));
    expect((await fetchRaw(front.port, '/x')).body.toString()).toBe('whole');
    expect(sessions.size).toBe(1);
    expect(front.upstream.calls.held).toBe(0);
  });

  it('never makes half an answer look whole', async () => {
    const { front } = await startPair(protocol, (stream, headers) => {
      // Without it Node would end the content before it resets the stream.
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.write('half', () => {
        if (headers[':path'] === '/reset') stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR);
        else stream.session?.destroy();
      });
    });
    for (const path of ['/reset', '/gone'])
      expect((await fetchRaw(front.port, path)).complete, path).toBe(false);
    const short = await startPair(protocol, (stream) => {
      stream.respond({ ':status': 200, 'content-length': 10 });
      stream.end('half');
    });
    expect((await fetchRaw(short.front.port, '/')).complete).toBe(false);
  });

  it('is read no faster than the browser reads, and holds up nobody else meanwhile', async () => {
    let written = 0;
    const { front } = await startPair(protocol, (stream, headers) => {
      stream.respond({ ':status': 200 });
      if (headers[':path'] !== '/large') return void stream.end('small');
      const more = () => {
        while (written < 300_000_000) {
          written += 65_536;
          if (!stream.write(Buffer.alloc(65_536))) return;
        }
      };
      stream.on('drain', more);
      more();
    });
    const requests = Array.from({ length: 3 }, () =>
      http.get({ port: front.port, path: '/large', agent: false }),
    );
    const responses = await Promise.all(requests.map((request) => once(request, 'response')));
    for (const [response] of responses) response.pause();
    let before = -1;
    await until(async () => {
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(written).toBe(before);
    });
    expect(written).toBeLessThan(60_000_000);
    expect((await fetchRaw(front.port, '/small')).body.toString()).toBe('small');
    for (const request of requests) request.destroy();
  });

  it('never gets content where none is allowed: it could not be broken off', async () => {
    let calls = 0;
    const { front } = await startPair(protocol, () => (calls += 1), { bodyLimit: 0 });
    for (const headers of [{ 'transfer-encoding': 'chunked' }, { 'content-length': '5' }]) {
      const answer = await fetchRaw(front.port, '/', { method: 'POST', body: 'abcde', headers });
      expect(answer.status).toBe(413);
    }
    expect(calls).toBe(0);
  });

  it('lives through hundreds of browsers that leave at any moment', async () => {
    const { front } = await startPair(protocol, (stream) => {
      stream.respond({ ':status': 200 });
      stream.write(Buffer.alloc(50_000));
      setImmediate(() => stream.end(Buffer.alloc(200_000)));
    });
    const leave = (at: number) =>
      new Promise<void>((resolve) => {
        const request = http.get({ port: front.port, path: '/', agent: false });
        request.on('error', () => {}).on('close', resolve);
        request.on('response', (response) => {
          response.on('error', () => {}).on('data', () => at % 3 > 0 || request.destroy());
          if (at % 3 === 1) request.destroy();
        });
        if (at % 3 === 2) setImmediate(() => request.destroy());
      });
    for (let round = 0; round < 20; round += 1)
      await Promise.all(Array.from({ length: 15 }, (_, at) => leave(at)));
    await until(() => expect(front.upstream.calls.held).toBe(0));
    expect((await fetchRaw(front.port, '/')).body).toHaveLength(250_000);
  });

  it('gets a call again that it refused with GOAWAY, and no call where it is away', async () => {
    let calls = 0;
    const { front, sessions } = await startPair(protocol, (stream) => {
      calls += 1;
      stream.respond({ ':status': 200 });
      stream.end('answer');
    });
    expect((await fetchRaw(front.port, '/')).status).toBe(200);
    for (const session of sessions) session.close();
    const answers = await Promise.all(Array.from({ length: 5 }, () => fetchRaw(front.port, '/')));
    expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200));
    expect(calls).toBe(6);
  });

  it('has a time-out for the head of its answer', async () => {
    const { front } = await startPair(protocol, () => {}, { timeouts: { headers: 300 } });
    expect((await fetchRaw(front.port, '/')).headers['coatcheck-problem']).toBe('upstream_timeout');
  });
});

test('an upstream that has no HTTP/2 over TLS is not spoken to otherwise', async () => {
  const { key, cert } = await certificate();
  let calls = 0;
  const server = https.createServer({ key, cert }, (_request, response) => {
    calls += 1;
    response.end();
  });
  const port = await listen(server);
  onTestFinished(() => void server.close());
  const origin = `https://127.0.0.1:${port}`;
  const front = await startFront(port, { upstream: { origin, protocol: 'h2', ca: cert } });
  expect((await fetchRaw(front.port, '/')).headers['coatcheck-problem']).toBe('upstream_unreachable');
  expect(front.outcomes).toMatchObject([{ cause: { message: expect.stringContaining('HTTP/2') } }]);
  expect(calls).toBe(0);
});

test('nor one that has none in clear text', async () => {
  let calls = 0;
  const { port } = await startUpstream((_request, response) => {
    calls += 1;
    response.end();
  });
  const front = await startFront(port, { upstream: { protocol: 'h2c' } });
  const answer = await fetchRaw(front.port, '/');
  expect([answer.status, calls]).toEqual([502, 0]);
  expect(front.outcomes).toMatchObject([{ kind: 'failed', code: 'upstream_invalid' }]);
});
