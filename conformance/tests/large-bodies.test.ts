import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { faults, type Jar, patternBytes } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openFiles, residentMiB } from '../evidence/process-memory.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, openWire } from '../wire/call.ts';

const MiB = 1024 * 1024;
const large = 200 * MiB;
let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    routes: ({ url }) => [
      { prefix: '/api', upstream: url, config: { bodyLimit: 2 * large } },
      { prefix: '/small', upstream: url, config: { bodyLimit: 100_000 } },
    ],
  });
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** The most memory in MiB that the BFF had while something ran. */
async function mostDuring(work: Promise<unknown>): Promise<number> {
  const [pid] = rig.bff.pids;
  let most = residentMiB(pid);
  const watch = setInterval(() => {
    most = Math.max(most, residentMiB(pid));
  }, 20);
  await work.finally(() => clearInterval(watch));
  return most;
}

/** Reads so much of the API; slowly at first, so that everybody between has to wait. */
async function download(length: number) {
  rig.upstream.on('*', 'once', faults.answer({ status: 200, body: patternBytes(length) }));
  const stream = await jar.stream('/api/large');
  const hash = createHash('sha256');
  let received = 0;
  for await (const chunk of stream.chunks) {
    hash.update(chunk);
    received += chunk.length;
    if (received < 16 * MiB) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return { received, sha256: hash.digest('hex') };
}

/** Sends so much to an API that takes little at first. */
async function upload(length: number) {
  const wire = await openWire(rig);
  async function* content() {
    let sent = 0;
    for await (const chunk of patternBytes(length)) {
      yield chunk;
      sent += chunk.length;
      if (sent > 16 * MiB) rig.upstream.readRate = Infinity;
    }
  }
  rig.upstream.readRate = 50 * MiB;
  await wire.write(callBytes(rig, jar, 'PUT /api/large HTTP/1.1', `Content-Length: ${length}\r\n`));
  await pipeline(Readable.from(content()), wire.socket, { end: false });
  const { status } = await wire.read();
  wire.destroy();
  return status;
}

requirement('BFF-PROXY-17', 'a reader that is slow fills no memory, and gets every byte', async () => {
  // What a process takes once, for its buffers and until it collects them, is not what grows with a body.
  const before = await mostDuring(download(50 * MiB));
  const downloading = download(large);
  expect((await mostDuring(downloading)) - before).toBeLessThan(50);
  const expected = createHash('sha256');
  for await (const chunk of patternBytes(large)) expected.update(chunk);
  expect(await downloading).toEqual({ received: large, sha256: expected.digest('hex') });
});

requirement('BFF-PROXY-17', 'nor does an API that is slow to take what comes', async () => {
  const before = await mostDuring(upload(50 * MiB));
  const uploading = upload(large);
  expect((await mostDuring(uploading)) - before).toBeLessThan(50);
  expect(await uploading).toBe(200);
  expect(rig.upstream.requests[1]).toMatchObject({ bodyLength: large, complete: true });
});

requirement('BFF-PROXY-17', 'more than the limit is 413, at once or when it shows', async () => {
  const announced = await openWire(rig);
  await announced.write(callBytes(rig, jar, 'PUT /small/x HTTP/1.1', 'Content-Length: 100001\r\n'));
  expect(await announced.read()).toMatchObject({ status: 413 });
  expect(rig.upstream.hits()).toBe(0);
  announced.destroy();

  const streamed = await openWire(rig);
  await streamed.write(callBytes(rig, jar, 'PUT /small/x HTTP/1.1', 'Transfer-Encoding: chunked\r\n'));
  async function* endless() {
    for (;;) yield `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  }
  const sent = pipeline(Readable.from(endless()), streamed.socket).catch(() => 'cut off');
  const refused = await streamed.read();
  expect([refused.status, refused.header('coatcheck-problem')]).toEqual([413, ['payload_too_large']]);
  for (const request of rig.upstream.requests) {
    await request.received;
    expect(request.complete).toBe(false);
    expect(request.bodyLength).toBeLessThanOrEqual(100_000);
  }
  streamed.destroy();
  expect(await sent).toBe('cut off');

  const fits = await jar.fetch('/small/x', { method: 'PUT', body: 'x'.repeat(100_000) });
  expect(fits.status).toBe(200);
});

requirement('BFF-PROXY-19', 'a thousand browsers that leave cancel a thousand calls', async () => {
  const [pid] = rig.bff.pids;
  const before = openFiles(pid);
  rig.upstream.on('*', 'always', faults.never());
  const get = callBytes(rig, jar, 'GET /api/left HTTP/1.1');
  const post = `${callBytes(rig, jar, 'POST /api/left HTTP/1.1', 'Content-Length: 9\r\n')}half`;
  for (let round = 1; round <= 10; round += 1) {
    const wires = await Promise.all(Array.from({ length: 100 }, () => openWire(rig)));
    for (const [at, wire] of wires.entries()) await wire.write(at % 3 === 0 ? post : get);
    await expect.poll(() => rig.upstream.hits(), { timeout: 10_000, interval: 10 }).toBe(100 * round);
    for (const [at, wire] of wires.entries()) wire.destroy({ reset: at % 2 === 0 });
  }
  await Promise.all(rig.upstream.requests.map((request) => request.closed));
  expect(rig.upstream.requests.filter(({ aborted }) => aborted)).toHaveLength(1_000);
  await expect.poll(() => rig.upstream.connections).toBeLessThan(10);
  await expect.poll(() => openFiles(pid)).toBeLessThan(before + 20);
  rig.upstream.reset();
  expect((await rig.call(jar)).status).toBe(200);
});
