import { createHash } from 'node:crypto';
import http from 'node:http';
import { Readable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { fetchRaw, startFront, startUpstream, until } from './rig.ts';

const mebibyte = 1024 * 1024;
const size = 64 * mebibyte;
/** What the kernel may hold for the two connections, and we for the exchange. */
const inBetween = 28 * mebibyte;

/** 64 MiB that differ from place to place, and how many bytes of them were asked for. */
function content() {
  const hash = createHash('sha256');
  const taken = { bytes: 0 };
  const stream = new Readable({
    read() {
      if (taken.bytes >= size) return void this.push(null);
      const block = Buffer.alloc(64 * 1024, `${taken.bytes} `);
      taken.bytes += block.length;
      hash.update(block);
      this.push(block);
    },
  });
  return { stream, taken, digest: () => hash.digest('hex') };
}

/** Waits until nothing moves any more. */
async function settled(count: () => number): Promise<void> {
  let before = -1;
  await vi.waitFor(
    () => {
      const now = count();
      const moved = now !== before;
      before = now;
      expect(moved).toBe(false);
    },
    { interval: 150, timeout: 15_000 },
  );
}

test('BFF-PROXY-17 a download waits for a slow reader and arrives whole', async () => {
  const source = content();
  const { port } = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-length': size });
    source.stream.pipe(response);
  });
  const front = await startFront(port);
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get({ host: '127.0.0.1', port: front.port, agent: false }, resolve).on('error', reject);
  });
  await settled(() => source.taken.bytes);
  expect(source.taken.bytes).toBeLessThan(inBetween);

  const hash = createHash('sha256');
  for await (const chunk of response) hash.update(chunk);
  expect(response.complete).toBe(true);
  expect(hash.digest('hex')).toBe(source.digest());
  expect(front.outcomes).toEqual([{ kind: 'answered', status: 200 }]);
});

test('BFF-PROXY-17 an upload waits for a slow upstream and arrives whole', async () => {
  const source = content();
  const uploads: http.IncomingMessage[] = [];
  const { port } = await startUpstream((request, response) => {
    uploads.push(request);
    request.on('end', () => response.end('thanks'));
  });
  const front = await startFront(port);
  const answered = new Promise<number>((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: front.port,
      method: 'PUT',
      agent: false,
      headers: { 'content-length': size },
    };
    const request = http.request(options, (response) => resolve(response.resume().statusCode ?? 0));
    source.stream.pipe(request.on('error', reject));
  });
  await until(() => expect(uploads).toHaveLength(1));
  await settled(() => source.taken.bytes);
  expect(source.taken.bytes).toBeLessThan(inBetween);

  const hash = createHash('sha256');
  for await (const chunk of uploads[0] ?? []) hash.update(chunk);
  expect(await answered).toBe(200);
  expect(hash.digest('hex')).toBe(source.digest());
});

test('sixty-four connections are shared by many calls, each with its own answer', async () => {
  const { port, server } = await startUpstream((request, response) => {
    setImmediate(() => response.end(request.url));
  });
  let opened = 0;
  server.on('connection', () => {
    opened += 1;
  });
  const front = await startFront(port);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 128 });
  const paths = Array.from({ length: 2_000 }, (_, i) => `/${i}`);
  const answers = await Promise.all(paths.map((path) => fetchRaw(front.port, path, { agent })));
  agent.destroy();
  expect(answers.map((answer) => answer.body.toString())).toEqual(paths);
  expect(opened).toBeLessThanOrEqual(64);
  expect(front.upstream.stats()).toMatchObject({ callsHeld: 0 });
});

test('events arrive one by one', async () => {
  const responses: http.ServerResponse[] = [];
  const { port } = await startUpstream((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    responses.push(response);
  });
  const front = await startFront(port, { lane: 'streams', timeouts: { body: 0 } });
  let text = '';
  const request = http.get({ host: '127.0.0.1', port: front.port, agent: false }, (response) => {
    response.on('data', (chunk) => {
      text += chunk;
    });
  });
  for (let i = 0; i < 3; i++) {
    await until(() => expect(responses).toHaveLength(1));
    responses[0]?.write(`data: ${i}\n\n`);
    await until(() => expect(text).toMatch(new RegExp(`data: ${i}\n\n$`)));
  }
  responses[0]?.end();
  await until(() => expect(front.outcomes).toEqual([{ kind: 'answered', status: 200 }]));
  request.destroy();
});
