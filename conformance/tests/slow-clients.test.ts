import type { Jar, RawConnection } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, openWire } from '../wire/call.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({ config: { listen: { headerTimeout: '1s', requestTimeout: '2s' } } });
  jar = await rig.signedIn();
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** Sends a little every so often until the server has enough of it; resolves to what it said. */
async function drip(wire: RawConnection, bytes: string): Promise<string> {
  let at = 0;
  const more = setInterval(() => {
    wire.socket.write(bytes[at % bytes.length] ?? '');
    at += 1;
  }, 100);
  wire.socket.on('error', () => undefined);
  try {
    await expect.poll(() => wire.isClosed, { timeout: 8_000, interval: 50 }).toBe(true);
    return wire.unread.toString();
  } finally {
    clearInterval(more);
    wire.destroy();
  }
}

requirement(
  'BFF-BAD-06',
  'who takes for ever to send a head is sent away, and serves nobody ill',
  async () => {
    const head = callBytes(rig, jar, 'GET /api/notes HTTP/1.1');
    const slow = [
      '',
      'GET /api/notes?',
      'GET /api/notes HTTP/1.1\r\n',
      head.slice(0, -2),
      `${head}GET /api/`,
    ];
    const ends = slow.map(async (start) => {
      const wire = await openWire(rig);
      await wire.write(start);
      return drip(wire, start.endsWith('\n') ? 'X-Slow: a\r\n' : 'GET');
    });
    // Everybody else is served meanwhile.
    for (let at = 0; at < 20; at += 1) expect((await rig.call(jar)).status).toBe(200);
    const answers = await Promise.all(ends);
    for (const [at, answer] of answers.slice(1, 4).entries()) {
      expect(answer, slow[at + 1]).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toContain('coatcheck-problem: request_timeout');
      expect(answer).toContain('cache-control: no-store');
    }
    expect(rig.upstream.hits()).toBe(21);
    expect(rig.bff.log()).not.toContain('uncaught');
  },
);

requirement(
  'BFF-BAD-06',
  'who takes for ever to send a body loses the call, and so does the API',
  async () => {
    const framings = ['Content-Length: 1000\r\n', 'Transfer-Encoding: chunked\r\n'];
    const ends = framings.map(async (framing) => {
      const wire = await openWire(rig);
      await wire.write(callBytes(rig, jar, 'POST /api/notes HTTP/1.1', framing));
      return drip(wire, framing.startsWith('C') ? 'x' : '1\r\nx\r\n');
    });
    for (const answer of await Promise.all(ends)) expect(answer).toMatch(/^(HTTP\/1\.1 408 |$)/);
    for (const request of rig.upstream.requests) {
      await request.received;
      expect(request.complete).toBe(false);
    }
    expect((await rig.call(jar)).status).toBe(200);
  },
);

requirement('BFF-BAD-06', 'and the same without a session, before anybody is asked', async () => {
  const wire = await openWire(rig);
  await wire.write(callBytes(rig, rig.jar(), 'POST /api/notes HTTP/1.1', 'Content-Length: 1000\r\n'));
  expect((await wire.read()).status).toBe(401);
  expect(await drip(wire, 'x')).toBe('');
  expect(rig.upstream.hits()).toBe(0);
});
