import http from 'node:http';
import net from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import {
  connections,
  fetchRaw,
  type Rig,
  startFront,
  startRawUpstream,
  startUpstream,
  talk,
  until,
} from './rig.ts';

const block = Buffer.alloc(32 * 1024, 'x');

/** An upstream that never stops sending. */
async function startEndless() {
  const sent = { bytes: 0 };
  const started = await startUpstream((request, response) => {
    if (request.url === '/plain') return response.end('plain');
    if (request.url === '/part') return response.write(block);
    const more = () => {
      do sent.bytes += block.length;
      while (response.write(block));
    };
    response.on('drain', more);
    more();
  });
  return { ...started, sent };
}

async function expectNothingLeft(front: Rig) {
  await until(() => expect(front.upstream.stats()).toMatchObject({ callsHeld: 0, streamsHeld: 0 }));
}

describe('BFF-PROXY-19 a truncated answer is never presented as complete', () => {
  const beginnings: Record<string, string> = {
    'of known length': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello',
    'in chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    'within a chunk': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello',
  };
  const endings: Record<string, (socket: net.Socket) => void> = {
    close: (socket) => socket.end(),
    reset: (socket) => socket.resetAndDestroy(),
    silence: () => {},
  };
  const cases = Object.keys(beginnings).flatMap((what) =>
    Object.keys(endings).map((how) => [what, how] as const),
  );

  /** Reads a first part, lets the upstream end, and tells what came of it. */
  async function cut(bytes: string, end: (socket: net.Socket) => void, ask = 'HTTP/1.1\r\nHost: a') {
    const upstream = await startRawUpstream((socket) => socket.write(bytes));
    const front = await startFront(upstream.port, { timeouts: { body: 100 } });
    const client = net.connect(front.port, '127.0.0.1', () => client.write(`GET / ${ask}\r\n\r\n`));
    let text = '';
    let reset = false;
    client.on('error', () => {
      reset = true;
    });
    client.on('data', (chunk) => {
      text += chunk;
      if (text.includes('hello')) for (const socket of upstream.sockets) end(socket);
    });
    await new Promise((resolve) => client.on('close', resolve));
    return { text, reset, front };
  }

  test.each(cases)('%s, by %s', async (what, how) => {
    const { text, front } = await cut(beginnings[what] ?? '', endings[how] ?? (() => {}));
    expect(text).toContain('hello');
    expect(text).not.toContain('\r\n0\r\n');
    expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'upstream' }]);
    await expectNothingLeft(front);
  });

  test.each(['HTTP/1.1 200 OK\r\nConnection: close', 'HTTP/1.0 200 OK'])(
    '%s, which ends with its connection',
    async (head) => {
      const broken = await cut(`${head}\r\n\r\nhello`, (socket) => socket.resetAndDestroy());
      expect(broken.text).not.toContain('\r\n0\r\n');
      expect(broken.front.outcomes).toMatchObject([{ kind: 'aborted', by: 'upstream' }]);
      await expectNothingLeft(broken.front);

      const upstream = await startRawUpstream((socket) => socket.end(`${head}\r\n\r\nhello`));
      const whole = await fetchRaw((await startFront(upstream.port)).port, '/');
      expect(whole).toMatchObject({ status: 200, complete: true });
      expect(whole.body.toString()).toBe('hello');
    },
  );

  test('by bytes that are no chunk', async () => {
    const { text, front } = await cut(beginnings['in chunks'] ?? '', (socket) =>
      socket.write('no chunk\r\n'),
    );
    expect(text).not.toContain('\r\n0\r\n');
    expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'upstream' }]);
  });

  test('to a client of HTTP/1.0, for which an orderly close is the end, it is a reset', async () => {
    const { reset, front } = await cut(
      beginnings['in chunks'] ?? '',
      (socket) => socket.end(),
      'HTTP/1.0\r\nHost: a',
    );
    expect(reset).toBe(true);
    expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'upstream' }]);
  });
});

describe('BFF-PROXY-19 a client that leaves cancels the upstream', () => {
  /** Leaves after the first bytes, without having read more. */
  function drop(port: number, bytes: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.once('readable', () => socket.destroy());
      socket.on('error', () => {});
      socket.on('close', () => resolve());
    });
  }

  test('a thousand leave in the middle, the pool still serves and no socket is left', async () => {
    const endless = await startEndless();
    const front = await startFront(endless.port);
    for (let wave = 0; wave < 10; wave++) {
      const target = wave === 0 ? '/endless' : '/part';
      await Promise.all(
        Array.from({ length: 100 }, () => drop(front.port, `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`)),
      );
    }
    await until(() => expect(front.outcomes).toHaveLength(1_000));
    expect(
      front.outcomes.filter((outcome) => outcome.kind === 'aborted' && outcome.by === 'client'),
    ).toHaveLength(1_000);
    const answers = await Promise.all(Array.from({ length: 64 }, () => fetchRaw(front.port, '/plain')));
    expect(new Set(answers.map((answer) => answer.body.toString()))).toEqual(new Set(['plain']));
    await expectNothingLeft(front);
    await until(async () => expect(await connections(endless.server)).toBeLessThanOrEqual(64));
    await until(async () => expect(await connections(front.server)).toBe(0));
  });

  test('while the upstream is paused', async () => {
    const endless = await startEndless();
    const front = await startFront(endless.port);
    const client = net.connect(front.port, '127.0.0.1', () =>
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    // It reads nothing: soon everything between the two is full.
    let before = 0;
    const isFull = () => {
      const now = endless.sent.bytes;
      const full = now > 0 && now === before;
      before = now;
      expect(full).toBe(true);
    };
    await vi.waitFor(isFull, { interval: 200, timeout: 10_000 });
    client.destroy();
    await until(() => expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'client' }]));
    await expectNothingLeft(front);
    await until(async () => expect(await connections(endless.server)).toBe(0));
  });

  test('with a second request behind the first on one connection', async () => {
    const endless = await startEndless();
    const front = await startFront(endless.port);
    const post = 'POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx';
    await drop(front.port, `GET /a HTTP/1.1\r\nHost: a\r\n\r\n${post.repeat(20)}`);
    await until(async () => expect(await connections(endless.server)).toBe(0));
    await expectNothingLeft(front);
    const { outcomes } = front;
    expect(outcomes.filter((outcome) => outcome.kind === 'aborted' && outcome.by === 'client')).toEqual(
      outcomes,
    );
    expect(outcomes.length).toBeGreaterThan(1);
  });

  test('in the middle of its own content', async () => {
    const uploads: http.IncomingMessage[] = [];
    const { port } = await startUpstream((request) => {
      uploads.push(request.resume());
    });
    const front = await startFront(port);
    const client = net.connect(front.port, '127.0.0.1', () => {
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    });
    await until(() => expect(uploads).toHaveLength(1));
    client.destroy();
    await until(() => expect(uploads[0]?.destroyed).toBe(true));
    expect(uploads[0]?.complete).toBe(false);
    expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'client' }]);
  });

  test('while it waits for a connection: nothing is sent, and the connection in use stays', async () => {
    const hits: string[] = [];
    const held: http.ServerResponse[] = [];
    const { port, server } = await startUpstream((request, response) => {
      hits.push(request.url ?? '');
      if (request.url === '/held') held.push(response);
      else response.end('ok');
    });
    let opened = 0;
    server.on('connection', () => {
      opened += 1;
    });
    const front = await startFront(port, { upstream: { connections: 1 } });
    const first = fetchRaw(front.port, '/held');
    await until(() => expect(held).toHaveLength(1));
    const waiting = Array.from({ length: 20 }, (_, i) => {
      const method = i % 2 === 0 ? 'GET' : 'POST';
      const request = http.request({ host: '127.0.0.1', port: front.port, path: '/waiting', method });
      request.on('error', () => {}).end(method === 'POST' ? 'content' : undefined);
      return request;
    });
    await until(() => expect(front.upstream.stats()).toMatchObject({ callsHeld: 21 }));
    for (const request of waiting) request.destroy();
    await until(() => expect(front.outcomes).toHaveLength(20));
    const behind = fetchRaw(front.port, '/behind');
    await until(() => expect(front.upstream.stats()).toMatchObject({ callsHeld: 22 }));
    held[0]?.end('held');
    expect((await first).body.toString()).toBe('held');
    expect((await behind).body.toString()).toBe('ok');
    expect(hits).toEqual(['/held', '/behind']);
    expect(opened).toBe(1);
    await expectNothingLeft(front);
  });
});

describe('nobody holds a connection for ever', () => {
  test('a browser that stops reading is cut off', async () => {
    const endless = await startEndless();
    const front = await startFront(endless.port, { timeouts: { stall: 150 } });
    const client = net.connect(front.port, '127.0.0.1', () =>
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
    );
    client.on('error', () => {});
    await until(() => expect(front.outcomes).toMatchObject([{ kind: 'aborted', by: 'client' }]));
    await until(async () => expect(await connections(endless.server)).toBe(0));
    await until(async () => expect(await connections(front.server)).toBe(0));
    client.destroy();
  });

  test('a call that finds no connection free in time fails, and is never sent', async () => {
    const hits: string[] = [];
    const { port } = await startUpstream((request, response) => {
      hits.push(request.url ?? '');
      if (request.url === '/next') response.end();
    });
    const front = await startFront(port, { upstream: { connections: 1 }, timeouts: { wait: 50 } });
    const held = http.get({ host: '127.0.0.1', port: front.port, path: '/held' }).on('error', () => {});
    await until(() => expect(hits).toHaveLength(1));
    const answer = await fetchRaw(front.port, '/late', { method: 'POST', body: 'x' });
    expect(answer.headers['coatcheck-problem']).toBe('upstream_timeout');
    held.destroy();
    expect((await fetchRaw(front.port, '/next')).status).toBe(200);
    expect(hits).toEqual(['/held', '/next']);
  });

  test('a lane takes no more than it may hold', async () => {
    const { port } = await startUpstream(() => {});
    const calls = await startFront(port, { upstream: { connections: 1, waiting: 1 } });
    const streams = await startFront(port, { upstream: { streams: 1 }, lane: 'streams' });
    const held = [calls, calls, streams].map((front) => {
      return http.get({ host: '127.0.0.1', port: front.port }).on('error', () => {});
    });
    await until(() => expect(calls.upstream.stats().callsHeld).toBe(2));
    await until(() => expect(streams.upstream.stats().streamsHeld).toBe(1));
    expect((await fetchRaw(calls.port, '/')).headers['coatcheck-problem']).toBe('upstream_timeout');
    expect((await fetchRaw(streams.port, '/')).headers['coatcheck-problem']).toBe('too_many_streams');
    for (const request of held) request.destroy();
    await expectNothingLeft(calls);
    await expectNothingLeft(streams);
  });

  test('streams at their cap leave the calls alone', async () => {
    const { port } = await startUpstream((request, response) => {
      if (request.url === '/plain') response.end('plain');
    });
    const front = await startFront(port, { upstream: { connections: 2, streams: 5 }, lane: 'streams' });
    const streams = Array.from({ length: 5 }, () =>
      http.get({ host: '127.0.0.1', port: front.port }).on('error', () => {}),
    );
    await until(() => expect(front.upstream.stats()).toMatchObject({ streamsHeld: 5, streamSockets: 5 }));
    const beside = await startFront(port);
    expect((await fetchRaw(beside.port, '/plain')).body.toString()).toBe('plain');
    for (const request of streams) request.destroy();
    await expectNothingLeft(front);
  });

  test('pools that are destroyed say so to who is waiting', async () => {
    const { port } = await startUpstream(() => {});
    const front = await startFront(port, { upstream: { connections: 1 } });
    const answers = ['/running', '/waiting'].map((path) => fetchRaw(front.port, path));
    await until(() => expect(front.upstream.stats()).toMatchObject({ callsHeld: 2, callSockets: 1 }));
    await front.upstream.calls.dispatcher.destroy();
    for (const answer of await Promise.all(answers)) {
      expect(answer.headers['coatcheck-problem']).toBe('upstream_unreachable');
    }
    expect((await fetchRaw(front.port, '/after')).headers['coatcheck-problem']).toBe('upstream_unreachable');
    await expectNothingLeft(front);
  });
});

describe('BFF-PROXY-17 an upload over the limit', () => {
  test('by its length is refused before anything is sent', async () => {
    const hits: unknown[] = [];
    const { port } = await startUpstream((request) => hits.push(request));
    const front = await startFront(port, { bodyLimit: 10 });
    const answer = await fetchRaw(front.port, '/', { method: 'POST', body: Buffer.alloc(11) });
    expect(answer).toMatchObject({ status: 413, headers: { 'coatcheck-problem': 'payload_too_large' } });
    expect(hits).toEqual([]);
  });

  test('in chunks is cut off towards the upstream, and answered', async () => {
    const uploads: http.IncomingMessage[] = [];
    const { port } = await startUpstream((request) => uploads.push(request.resume()));
    const front = await startFront(port, { bodyLimit: 100_000 });
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request({ host: '127.0.0.1', port: front.port, method: 'POST' }, resolve);
      request.on('error', reject);
      for (let i = 0; i < 11; i++) request.write(Buffer.alloc(10_000));
    });
    expect(answer.headers['coatcheck-problem']).toBe('payload_too_large');
    await until(() =>
      expect(uploads.map((upload) => [upload.complete, upload.destroyed])).toEqual([[false, true]]),
    );
    expect(front.outcomes).toMatchObject([{ kind: 'failed', code: 'payload_too_large' }]);
    answer.destroy();
  });

  test('an upstream that answers before the upload ends is heard, and the connection goes on', async () => {
    const { port } = await startRawUpstream((socket) => {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno');
    });
    const front = await startFront(port);
    const size = 3_000_000;
    const upload = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`;
    const { text } = await talk(
      front.port,
      `${upload}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(text.match(/HTTP\/1\.1 403 Forbidden/g)).toHaveLength(2);
  });
});
