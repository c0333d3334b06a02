import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { openWire } from '../wire/call.ts';
import { handshakeLines, openWebSocket } from '../wire/web-socket.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256' },
    routes: ({ url }) => [{ prefix: '/api', upstream: url, webSockets: true }],
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

requirement('BFF-STREAM-05', 'a frame that says it has 100 MB is refused at its first bytes', async () => {
  const jar = await rig.signedIn();
  const wire = await openWire(rig);
  await wire.write(`${handshakeLines(rig, jar).join('\r\n')}\r\n\r\n`);
  expect((await wire.read()).status).toBe(101);
  const head = Buffer.alloc(14);
  head.set([0x82, 0xff]);
  head.writeBigUInt64BE(100_000_000n, 2);
  await wire.write(Buffer.concat([head, Buffer.alloc(1_000)]));
  // A close frame with 1009, message too big (RFC 6455 §7.4.1).
  await expect.poll(() => wire.unread.toString('hex')).toMatch(/^88..03f1/);
  wire.destroy();
  expect((await rig.call(jar)).status).toBe(200);
});

requirement(
  'BFF-STREAM-05',
  'a message in endless small fragments is refused when it is too long as a whole',
  async () => {
    const jar = await rig.signedIn();
    const page = openWebSocket(rig, jar);
    await page.opened;
    const piece = Buffer.alloc(64 * 1_024);
    for (let sent = 0; sent < 100 && page.socket.readyState === 1; sent += 1) {
      page.socket.send(piece, { fin: false });
    }
    expect((await page.closed).code).toBe(1009);
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement(
  'BFF-STREAM-05',
  'a thousand idle WebSockets of many people hold up nobody, and one session has its limit',
  async () => {
    const jars = await Promise.all(Array.from({ length: 40 }, () => rig.signedIn()));
    const pages = jars.flatMap((jar) => Array.from({ length: 25 }, () => openWebSocket(rig, jar)));
    await Promise.all(pages.map(({ opened }) => opened));
    const [jar] = jars;
    if (!jar) throw new Error('nobody');

    const startedAt = performance.now();
    expect((await rig.call(jar)).status).toBe(200);
    expect(performance.now() - startedAt).toBeLessThan(1_000);

    const more = Array.from({ length: 20 }, () => openWebSocket(rig, jar));
    const refusals = await Promise.all(
      more.map((page) => Promise.race([page.refused, page.opened.then(() => undefined)])),
    );
    expect(refusals.some((refusal) => refusal?.status === 429)).toBe(true);
    expect((await openWebSocket(rig, jar).refused).status).toBe(429);
    for (const page of [...pages, ...more]) page.socket.terminate();
  },
  60_000,
);
