import { acceptWebSocket, echoMessages, headerValues, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { nearMisses } from '../corpora/origins.ts';
import { escapingPaths } from '../corpora/paths.ts';
import { createLeakSearch } from '../evidence/leak-search.ts';
import { accessTokensOf, refreshes, tokensAt } from '../evidence/tokens.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { callBytes, openWire, sendLines } from '../wire/call.ts';
import { handshakeLines, openWebSocket } from '../wire/web-socket.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256' },
    routes: ({ url }) => [
      { prefix: '/api', upstream: url, webSockets: true },
      { prefix: '/calls', upstream: url },
    ],
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

advisory(
  2,
  'BFF-STREAM-03',
  'a handshake from any other origin, or from none, is refused before the API hears of it',
  async () => {
    jar = await rig.signedIn();
    for (const origin of [...nearMisses(rig.bff.url), null]) {
      const answer = await sendLines(rig, handshakeLines(rig, jar, { origin }));
      expect(answer.status, String(origin)).toBe(403);
      expect(answer.closed, String(origin)).toBe(true);
    }
    const twice = handshakeLines(rig, jar).concat('Origin: https://evil.test');
    expect([400, 403]).toContain((await sendLines(rig, twice)).status);
    expect(rig.upstream.hits()).toBe(0);
    expect((await sendLines(rig, handshakeLines(rig, jar))).status).toBe(101);
  },
);

requirement('BFF-STREAM-04', 'without a session there is no handshake with the API', async () => {
  const nobody = await openWebSocket(rig, rig.jar()).refused;
  expect(nobody.status).toBe(401);
  expect(JSON.parse(nobody.body)).toMatchObject({ code: 'session_required' });
  jar = await rig.signedIn();
  const copy = rig.bff.jar(jar);
  await jar.fetch(rig.bff.paths.logout, { method: 'POST' });
  expect((await openWebSocket(rig, copy).refused).status).toBe(401);
  expect(rig.upstream.hits()).toBe(0);
});

requirement(
  'BFF-STREAM-04',
  'an expired token is refreshed once, then the handshake passes with the new one and without cookies',
  async () => {
    jar = await rig.signedIn();
    await rig.advance(301);
    rig.as.clearRecords();
    const page = openWebSocket(rig, jar);
    await page.opened;
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(tokensAt(rig.upstream)).toEqual(accessTokensOf(rig.as).slice(-1));
    const [handshake] = rig.upstream.requests;
    if (!handshake) throw new Error('no handshake');
    for (const name of ['cookie', 'origin', 'sec-websocket-extensions', 'x-requested-with']) {
      expect(headerValues(handshake, name), name).toEqual([]);
    }
    page.socket.terminate();
  },
);

requirement(
  'BFF-STREAM-04',
  'a token that the API refuses at the handshake is renewed once, and the handshake made once more',
  async () => {
    jar = await rig.signedIn();
    await rig.advance(40);
    rig.as.clearRecords();
    rig.upstream.onUpgrade(async (request, socket, head) => {
      if (rig.upstream.requests.length > 1) {
        echoMessages(await acceptWebSocket(request, socket, head));
      } else {
        socket.end(
          'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer error="invalid_token"\r\nContent-Length: 0\r\n\r\n',
        );
      }
    });
    const page = openWebSocket(rig, jar);
    await page.opened;
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(new Set(tokensAt(rig.upstream)).size).toBe(2);
    page.socket.terminate();
  },
);

requirement(
  'BFF-STREAM-04',
  'no field of the answer, no subprotocol and no message holds a credential',
  async () => {
    jar = await rig.signedIn();
    rig.upstream.onUpgrade(async (request, socket, head) => {
      const webSocket = await acceptWebSocket(request, socket, head);
      webSocket.send(JSON.stringify(Object.keys(request.headers)));
      echoMessages(webSocket);
    });
    const page = openWebSocket(rig, jar, { protocols: ['chat', 'other'] });
    await page.opened;
    page.socket.send('hello');
    await expect.poll(() => page.messages).toHaveLength(2);
    expect(page.socket.protocol).toBe('chat');
    const search = createLeakSearch(rig.as.canaries());
    expect(search(page.answerFields.join('\n'))).toEqual([]);
    for (const message of page.messages) expect(search(message)).toEqual([]);

    // An API that sends it back gets it no further than to us.
    const last = rig.upstream.requests.at(-1);
    page.socket.send(String(last?.headers.authorization));
    expect((await page.closed).code).toBe(1011);
    expect(page.messages).toHaveLength(2);
  },
);

requirement(
  'BFF-STREAM-04',
  'an API that refuses the handshake is heard, by the rules for any answer',
  async () => {
    jar = await rig.signedIn();
    rig.upstream.onUpgrade((_request, socket) => {
      socket.end(
        'HTTP/1.1 403 Forbidden\r\nSet-Cookie: sid=api\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 2\r\n\r\nno',
      );
    });
    const page = openWebSocket(rig, jar);
    expect(await page.refused).toEqual({ status: 403, body: 'no' });
    const names = page.answerFields.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names).not.toContain('set-cookie');
    expect(names).not.toContain('access-control-allow-origin');
    expect(names).toContain('content-security-policy');
  },
);

advisory(
  3,
  'BFF-STREAM-03',
  'pipelined handshakes, resets in the midst of one and a fragment in the target end no process',
  async () => {
    jar = await rig.signedIn();
    const [pid] = rig.bff.pids;
    const handshake = `${handshakeLines(rig, jar).join('\r\n')}\r\n\r\n`;
    const call = callBytes(rig, jar, 'GET /api/notes HTTP/1.1');

    for (const bytes of [handshake + handshake, call + handshake, call + call + handshake + call]) {
      const wire = await openWire(rig);
      await wire.write(bytes);
      await wire.read().catch(() => undefined);
      wire.destroy();
    }
    for (const bytes of [handshake, handshake.slice(0, -2), handshake.replace('/api/', '/nowhere/')]) {
      const wire = await openWire(rig);
      await wire.write(bytes);
      wire.destroy({ reset: true });
    }
    const answer = await sendLines(rig, handshakeLines(rig, jar, { target: '/api/ws#x' }));
    expect(answer.status).toBe(400);

    expect((await rig.call(jar)).status).toBe(200);
    expect(rig.bff.pids).toEqual([pid]);
    expect(rig.bff.exitCodes).toEqual([undefined]);
  },
);

advisory([4, 7, 22], 'BFF-PROXY-03', 'no path of a handshake leaves the prefix', async () => {
  jar = await rig.signedIn();
  for (const target of escapingPaths('/api')) {
    const answer = await sendLines(rig, handshakeLines(rig, jar, { target }));
    expect([400, 404], target).toContain(answer.status);
  }
  expect(rig.upstream.hits()).toBe(0);
});

requirement(
  'BFF-PROXY-03',
  'a handshake is for routes that take WebSockets, and for nothing else',
  async () => {
    jar = await rig.signedIn();
    const { events, session } = rig.bff.paths;
    for (const target of ['/calls/ws', '/nowhere', '/', events, session]) {
      const answer = await sendLines(rig, handshakeLines(rig, jar, { target }));
      expect([403, 404], target).toContain(answer.status);
      expect(answer.closed, target).toBe(true);
    }
    expect(rig.upstream.hits()).toBe(0);
  },
);
