import http from 'node:http';
import type { Readable } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type BodyLimits, discardContent, type RequestBody, requestBody } from '../../src/proxy/body.ts';
import { connections, listen, talk, until } from './rig.ts';

type Handler = (body: RequestBody, request: http.IncomingMessage, response: http.ServerResponse) => void;

async function startServer(limits: BodyLimits, handle: Handler) {
  const server = http.createServer((request, response) => {
    const read = requestBody(request, limits);
    if (read.kind === 'ok') handle(read.body, request, response);
    else response.writeHead(413).end(() => discardContent(request));
  });
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, server };
}

async function textOf(stream: Readable | null): Promise<string> {
  return stream === null ? '(none)' : Buffer.concat(await stream.toArray()).toString();
}

const closing = 'HTTP/1.1\r\nHost: a\r\nConnection: close';
const chunked = (...parts: string[]) =>
  `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;

test.each([
  ['nothing', `GET / ${closing}\r\n\r\n`, '(none)'],
  ['a length of zero', `POST / ${closing}\r\nContent-Length: 0\r\n\r\n`, '(none)'],
  ['a length', `POST / ${closing}\r\nContent-Length: 5\r\n\r\nhello`, 'hello'],
  ['chunks', `POST / ${closing}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked('he', 'llo')}`, 'hello'],
  ['no chunks', `POST / ${closing}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked()}`, ''],
])('content of %s', async (_, bytes, content) => {
  const { port } = await startServer({ limit: 5 }, async (body, _request, response) => {
    expect(body.isReplayable()).toBe(true);
    response.end(`[${await textOf(body.open())}]`);
  });
  expect((await talk(port, bytes)).text).toContain(`[${content}]`);
});

test('it can be read again from the first byte, until no replay is needed', async () => {
  const { port } = await startServer({ limit: 100 }, async (body, _request, response) => {
    const read = [await textOf(body.open()), await textOf(body.open())];
    expect(body.isReplayable()).toBe(true);
    body.forget();
    response.end(`${read.join('|')}|${body.isReplayable()}`);
  });
  const { text } = await talk(port, `POST / ${closing}\r\nContent-Length: 5\r\n\r\nhello`);
  expect(text).toContain('hello|hello|false');
});

test('more than is kept can be read once', async () => {
  const { port } = await startServer({ limit: 100, keep: 4 }, async (body, _request, response) => {
    const first = await textOf(body.open());
    expect(() => body.open()).toThrow('not kept');
    response.end(`${first}|${body.isReplayable()}`);
  });
  const { text } = await talk(port, `POST / ${closing}\r\nContent-Length: 5\r\n\r\nhello`);
  expect(text).toContain('hello|false');
});

test('nothing is read before it is asked for, and Expect is answered then', async () => {
  const order: string[] = [];
  const { port, server } = await startServer(
    { limit: 100, beforeRead: () => order.push('continue') },
    async (body, _request, response) => {
      order.push('guarded');
      response.end(await textOf(body.open()));
    },
  );
  server.on('checkContinue', (request, response) => server.emit('request', request, response));
  expect((await talk(port, `POST / ${closing}\r\nContent-Length: 5\r\n\r\nhello`)).text).toContain('hello');
  expect(order).toEqual(['guarded', 'continue']);
});

test('BFF-PROXY-17 the limit holds for a length and for chunks', async () => {
  const reasons: unknown[] = [];
  const { port } = await startServer({ limit: 4 }, async (body, _request, response) => {
    await textOf(body.open()).catch((error) => reasons.push(error.reason));
    response.writeHead(413).end(() => body.discard());
  });
  const known = await talk(port, `POST / ${closing}\r\nContent-Length: 5\r\n\r\nhello`);
  expect(known.text).toMatch(/^HTTP\/1\.1 413 /);
  expect(reasons).toEqual([]);
  const parts = await talk(
    port,
    `POST / ${closing}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked('hel', 'lo', 'x')}`,
  );
  expect(parts.text).toMatch(/^HTTP\/1\.1 413 /);
  expect(reasons).toEqual(['payload_too_large']);
});

test('a client that leaves in the middle fails the stream', async () => {
  const reasons: unknown[] = [];
  const { port } = await startServer({ limit: 100 }, (body) => {
    body
      .open()
      ?.on('error', (error) => reasons.push('reason' in error && error.reason))
      .once('data', () => socket.destroy());
  });
  const socket = (await import('node:net')).connect(port, '127.0.0.1', () => {
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe');
  });
  await until(() => expect(reasons).toEqual(['client_gone']));
});

test('what nobody wants is dropped, and the connection serves the next request', async () => {
  const { port } = await startServer({ limit: 1_000_000 }, (body, request, response) => {
    const stream = body.open();
    if (stream === null) return response.end('next');
    stream.once('data', () => {
      stream.destroy();
      response.end(`early ${request.complete}`, () => body.discard());
    });
  });
  const size = 500_000;
  const upload = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`;
  const { text } = await talk(port, `${upload}GET / ${closing}\r\n\r\n`);
  expect(text).toContain('early false');
  expect(text).toContain('next');
});

test('but not for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const answered: boolean[] = [];
  const { port, server } = await startServer({ limit: 1_000 }, (body, _request, response) => {
    response.end('early', () => {
      body.discard();
      answered.push(true);
    });
  });
  // Or Node would close the connection itself, since the client falls silent.
  server.keepAliveTimeout = 0;
  const talking = talk(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nslow');
  while (answered.length === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await connections(server)).toBe(1);
  vi.advanceTimersByTime(5_000);
  expect((await talking).text).toContain('early');
});
