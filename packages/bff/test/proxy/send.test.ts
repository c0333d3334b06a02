import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { fetchRaw, startFront, startRawUpstream, startUpstream, talk, token, until } from './rig.ts';

describe('BFF-PROXY-18 an exchange passes unchanged', () => {
  test('method, target, fields and content, both ways', async () => {
    const seen: { method?: string; url?: string; headers?: http.IncomingHttpHeaders; body?: string }[] = [];
    const { port } = await startUpstream(async (request, response) => {
      const chunks = await request.toArray();
      const { method, url, headers } = request;
      seen.push({ method: method ?? '', url: url ?? '', headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(201, { 'content-type': 'text/plain', 'x-own': '1' }).end('made');
    });
    const front = await startFront(port);
    const target = '/a%2Fb/%E2%82%AC?x=1&x=2&y=%20+';
    const answer = await fetchRaw(front.port, target, {
      method: 'PATCH',
      body: '{"a":1}',
      headers: { cookie: 'a=b' },
    });
    expect(answer).toMatchObject({
      status: 201,
      complete: true,
      headers: { 'x-own': '1', 'content-type': 'text/plain' },
    });
    expect(answer.body.toString()).toBe('made');
    expect(seen).toMatchObject([{ method: 'PATCH', url: target, body: '{"a":1}' }]);
    expect(seen[0]?.headers).toMatchObject({
      host: `127.0.0.1:${port}`,
      'content-length': '7',
      authorization: `Bearer ${token}`,
    });
    expect(seen[0]?.headers).not.toHaveProperty('cookie');
    expect(front.outcomes).toEqual([{ kind: 'answered', status: 201 }]);
  });

  test('a chunked upload stays one', async () => {
    const { port } = await startUpstream(async (request, response) => {
      const body = Buffer.concat(await request.toArray());
      response.end(`${request.headers['transfer-encoding']} ${body}`);
    });
    const front = await startFront(port);
    const chunks = '3\r\nabc\r\n4\r\ndefg\r\n';
    const { text } = await talk(
      front.port,
      `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
    );
    expect(text).toContain('abcdefg');
  });

  test.each(['application/json; charset=utf-16\t', 'multipart/form-data', 'text/plain, x/y', ''])(
    'CVE-2023-51701 content of type %j is not read on the way',
    async (type) => {
      const { port } = await startUpstream(async (request, response) => {
        response.end(
          Buffer.concat([Buffer.from(request.headers['content-type'] ?? ''), ...(await request.toArray())]),
        );
      });
      const front = await startFront(port);
      const body = Buffer.from([0x7b, 0x00, 0xff, 0xfe, 0x0d, 0x0a, 0x25]);
      const answer = await fetchRaw(front.port, '/', {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
      expect(answer.body).toEqual(Buffer.concat([Buffer.from(type.trim()), body]));
    },
  );

  test('compressed content is not touched', async () => {
    const packed = gzipSync('hello '.repeat(100));
    const { port } = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length }).end(packed);
    });
    const answer = await fetchRaw((await startFront(port)).port, '/');
    expect(answer.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': `${packed.length}`,
    });
    expect(answer.body.equals(packed)).toBe(true);
  });

  test('HEAD, 204, 304 and 206 keep their meaning, on one connection', async () => {
    const { port } = await startUpstream((request, response) => {
      if (request.url === '/204') response.writeHead(204).end();
      else if (request.url === '/304') response.writeHead(304, { etag: '"a"', 'content-length': '5' }).end();
      else if (request.url === '/206')
        response.writeHead(206, { 'content-range': 'bytes 0-1/5' }).end(request.headers.range);
      else response.writeHead(200, { 'content-length': '5' }).end('hello');
    });
    const front = await startFront(port);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string, options: http.RequestOptions = {}) =>
      fetchRaw(front.port, path, { agent, ...options });
    const head = await ask('/', { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, complete: true, headers: { 'content-length': '5' } });
    expect(head.body).toHaveLength(0);
    const empty = await ask('/204');
    expect(empty).toMatchObject({ status: 204, complete: true });
    expect(empty.headers).not.toHaveProperty('content-length');
    expect(empty.headers).not.toHaveProperty('transfer-encoding');
    expect(await ask('/304')).toMatchObject({ status: 304, complete: true, headers: { etag: '"a"' } });
    expect(await ask('/206', { headers: { range: 'bytes=0-9' } })).toMatchObject({
      status: 206,
      headers: { 'content-range': 'bytes 0-1/5' },
    });
    expect((await ask('/')).body.toString()).toBe('hello');
    agent.destroy();
    expect(front.outcomes.map((outcome) => outcome.kind)).toEqual(Array(5).fill('answered'));
  });

  test('a HEAD answer of chunked content is no content', async () => {
    const { port } = await startRawUpstream((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n'),
    );
    const front = await startFront(port);
    expect(await fetchRaw(front.port, '/', { method: 'HEAD' })).toMatchObject({
      status: 200,
      complete: true,
    });
  });

  test('trailers follow the content', async () => {
    const { port } = await startUpstream((_, response) => {
      response.writeHead(200, { trailer: 'X-Sum' });
      response.write('abc');
      response.addTrailers({ 'X-Sum': '7', 'Set-Cookie': 'a=b' });
      response.end();
    });
    const front = await startFront(port);
    const answer = await fetchRaw(front.port, '/');
    expect(answer.headers.trailer).toBe('X-Sum');
    expect(answer.trailers).toEqual({ 'x-sum': '7' });
    const old = await talk(front.port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    expect(old.text).toMatch(/\r\n\r\nabc$/);
  });

  test('a 103 is relayed with its links and nothing else, once', async () => {
    const hint =
      'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nLink: nonsense\r\nSet-Cookie: a=b\r\nX-A: b\r\n\r\n';
    const { port } = await startRawUpstream((socket) => {
      socket.write(`HTTP/1.1 102 Processing\r\n\r\n${hint}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
    });
    const front = await startFront(port);
    const { text } = await talk(front.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect(text).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    );
    expect(text).not.toMatch(/x-a|set-cookie|nonsense/i);
    const old = await talk(front.port, 'GET / HTTP/1.0\r\nHost: a\r\n\r\n');
    expect(old.text).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('BFF-PROXY-13 redirects are answered, never followed', async () => {
    const hits: string[] = [];
    const { port } = await startUpstream((request, response) => {
      hits.push(request.url ?? '');
      response
        .writeHead(307, { location: request.url === '/in' ? '/next?x=1' : 'http://127.0.0.1:1/evil' })
        .end();
    });
    const front = await startFront(port);
    expect(await fetchRaw(front.port, '/in')).toMatchObject({
      status: 307,
      headers: { location: '/next?x=1' },
    });
    expect(await fetchRaw(front.port, '/out')).toMatchObject({
      status: 502,
      headers: { 'coatcheck-problem': 'upstream_invalid' },
    });
    expect(hits).toEqual(['/in', '/out']);
  });

  test('the head of a stream goes out before its content', async () => {
    const { port } = await startUpstream((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    });
    const front = await startFront(port, { lane: 'streams' });
    const head = await new Promise<http.IncomingMessage>((resolve, reject) => {
      http.get({ host: '127.0.0.1', port: front.port }, resolve).on('error', reject);
    });
    expect(head.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    head.destroy();
    await until(() => expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'client' }]));
    await until(() => expect(front.upstream.stats()).toMatchObject({ streamsHeld: 0, streamSockets: 0 }));
  });
});

describe('BFF-PROXY-19 what an upstream can do wrong before it answers', () => {
  async function outcomeOf(onHead: Parameters<typeof startRawUpstream>[0], timeouts = {}) {
    const { port } = await startRawUpstream(onHead);
    const front = await startFront(port, { timeouts });
    const answer = await fetchRaw(front.port, '/');
    expect(front.outcomes).toHaveLength(1);
    await until(() => expect(front.upstream.stats()).toMatchObject({ callsHeld: 0, callSockets: 0 }));
    return [answer.status, answer.headers['coatcheck-problem']];
  }

  test('refuse the connection', async () => {
    const gone = await startRawUpstream(() => {});
    gone.server.close();
    const front = await startFront(gone.port);
    expect(await fetchRaw(front.port, '/')).toMatchObject({
      status: 502,
      headers: { 'coatcheck-problem': 'upstream_unreachable' },
    });
  });

  test.each([
    ['close', 'upstream_unreachable', (socket: { destroy(): void }) => socket.destroy()],
    ['reset', 'upstream_unreachable', (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy()],
  ])('%s', async (_, code, act) => {
    expect(await outcomeOf(act)).toEqual([502, code]);
  });

  test('close within the head', async () => {
    expect(await outcomeOf((socket) => socket.end('HTTP/1.1 200 OK\r\nX-A: '))).toEqual([
      502,
      'upstream_unreachable',
    ]);
  });

  test('say nothing', async () => {
    expect(await outcomeOf(() => {}, { headers: 100 })).toEqual([502, 'upstream_timeout']);
  });

  test.each([
    ['speak something else', 'SSH-2.0-OpenSSH\r\n'],
    [
      'length and coding',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello'],
    ['a coding of its own', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'],
    ['a control in a field', 'HTTP/1.1 200 OK\r\nX-A: b\x01c\r\nContent-Length: 0\r\n\r\n'],
    ['a name with a space', 'HTTP/1.1 200 OK\r\nX A: b\r\nContent-Length: 0\r\n\r\n'],
    ['a status of its own', 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n'],
    ['an unasked upgrade', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['an unasked 100', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['a huge head', `HTTP/1.1 200 OK\r\nX-A: ${'b'.repeat(70_000)}\r\n\r\n`],
  ])('%s', async (_, bytes) => {
    expect(await outcomeOf((socket) => socket.write(bytes, 'latin1'))).toEqual([502, 'upstream_invalid']);
  });

  test('a folded field never reaches the browser as two', async () => {
    const { port } = await startRawUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-A: b\r\n Set-Cookie: c=d\r\nContent-Length: 2\r\n\r\nok');
    });
    const front = await startFront(port);
    const { rawHeaders, headers } = await fetchRaw(front.port, '/');
    expect(headers).not.toHaveProperty('set-cookie');
    expect(rawHeaders.join('\n')).not.toMatch(/[\r\0]/);
  });
});

describe('an upstream that refuses the token', () => {
  const refuse = (response: http.ServerResponse, body: string) =>
    response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end(body);

  test('is reported with nothing written, and the same content can be sent once more', async () => {
    const bodies: string[] = [];
    const { port } = await startUpstream(async (request, response) => {
      bodies.push(Buffer.concat(await request.toArray()).toString());
      if (bodies.length === 1) refuse(response, 'no');
      else response.end('yes');
    });
    const front = await startFront(port, { interceptInvalidToken: true });
    const answer = await fetchRaw(front.port, '/', { method: 'POST', body: 'content' });
    expect(answer).toMatchObject({ status: 200, complete: true });
    expect(answer.body.toString()).toBe('yes');
    expect(bodies).toEqual(['content', 'content']);
    expect(front.outcomes.map((outcome) => outcome.kind)).toEqual(['token_refused', 'answered']);
  });

  test('before it read the content: what it took is sent again, then the rest', async () => {
    const bodies: string[] = [];
    const { port } = await startUpstream(async (request, response) => {
      if (bodies.push('') === 1) refuse(response, 'no');
      else response.end(Buffer.concat(await request.toArray()));
    });
    const front = await startFront(port, { interceptInvalidToken: true });
    const answer = await new Promise<string>((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port: front.port, method: 'POST' },
        async (response) => {
          resolve(Buffer.concat(await response.toArray()).toString());
        },
      );
      request.on('error', reject).write('first,');
      void until(() => expect(front.outcomes).toHaveLength(1)).then(() => request.end('second'));
    });
    expect(answer).toBe('first,second');
  });

  test('after more content than is kept, it cannot be sent again', async () => {
    const { port } = await startUpstream(async (request, response) => {
      await request.toArray();
      refuse(response, 'no');
    });
    const front = await startFront(port, { interceptInvalidToken: true });
    const answer = await fetchRaw(front.port, '/', { method: 'POST', body: Buffer.alloc(64 * 1024 + 1) });
    expect(answer.headers['coatcheck-problem']).toBe('not_replayable');
  });

  test('a second time is relayed, and so is a refusal for another reason', async () => {
    const { port } = await startUpstream((request, response) => {
      if (request.url === '/scope')
        response.writeHead(401, { 'www-authenticate': 'Bearer error="insufficient_scope"' }).end();
      else refuse(response, 'always');
    });
    const front = await startFront(port, { interceptInvalidToken: true });
    expect(await fetchRaw(front.port, '/')).toMatchObject({ status: 401 });
    expect(await fetchRaw(front.port, '/scope')).toMatchObject({ status: 401 });
    expect(front.outcomes.map((outcome) => outcome.kind)).toEqual(['token_refused', 'answered', 'answered']);
  });

  test('with an endless or broken explanation is still a refusal', async () => {
    let calls = 0;
    const { port } = await startRawUpstream((socket) => {
      calls += 1;
      const head = 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token"\r\n';
      if (calls === 1) socket.write(`${head}Content-Length: 1000000\r\n\r\n${'x'.repeat(200_000)}`);
      else if (calls === 3) socket.end(`${head}Content-Length: 10\r\n\r\nx`);
      else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const front = await startFront(port, { interceptInvalidToken: true, timeouts: { body: 0 } });
    expect((await fetchRaw(front.port, '/')).body.toString()).toBe('ok');
    expect((await fetchRaw(front.port, '/')).body.toString()).toBe('ok');
    expect(front.outcomes.map((outcome) => outcome.kind)).toEqual([
      'token_refused',
      'answered',
      'token_refused',
      'answered',
    ]);
  });
});
