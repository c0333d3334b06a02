import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { until } from '../../rig.ts';
import { openedSocket, openSocket, startSignedIn } from './sockets.ts';

/** Waits until a figure has not changed for thirty looks. */
async function standstill(figure: () => number): Promise<void> {
  let last = -1;
  let unchanged = 0;
  await until(() => {
    unchanged = figure() === last ? unchanged + 1 : 0;
    last = figure();
    return unchanged >= 30;
  }, 'a standstill');
}

describe('bounds of WebSockets (BFF-STREAM-05)', () => {
  it('ends a connection whose message is over the limit with 1009, and serves on', async () => {
    const { rig, jar } = await startSignedIn({ websocketMessageLimit: 1_000 });
    const page = await openedSocket(rig, jar);
    const upstreamClosed = once(page.upstream, 'close');
    page.socket.send('x'.repeat(1_000));
    await until(() => page.messages.length === 1, 'an echo');
    page.socket.send('x'.repeat(1_001));
    expect((await page.closed).code).toBe(1009);
    expect((await upstreamClosed)[0]).toBe(1001);
    expect((await jar.fetch('/api/after')).status).toBe(200);
  });

  it('ends a connection whose upstream sends a message over the limit', async () => {
    const { rig, jar } = await startSignedIn({ websocketMessageLimit: 1_000 });
    const page = await openedSocket(rig, jar);
    const upstreamClosed = once(page.upstream, 'close');
    page.upstream.send('x'.repeat(1_001));
    expect((await page.closed).code).toBe(1014);
    expect((await upstreamClosed)[0]).toBe(1009);
    expect(page.messages).toEqual([]);
  });

  it('lets one session have so many, refuses more with 429, and takes new ones when one is gone', async () => {
    const { rig, jar } = await startSignedIn({ websocketsPerSession: 2 });
    const other = rig.browser();
    await rig.signIn(other);
    const page = await openedSocket(rig, jar);
    await openedSocket(rig, jar);
    expect(await openSocket(rig, jar).refused).toMatchObject({ status: 429, code: 'too_many_websockets' });
    expect(rig.upstream.hits('/api/ws')).toBe(2);
    await openedSocket(rig, other);
    page.socket.close();
    await page.closed;
    await until(async () => {
      const next = openSocket(rig, jar);
      const isOpen = await Promise.race([next.opened.then(() => true), next.refused.then(() => false)]);
      return isOpen;
    }, 'a place that came free');
  });

  it('gives back the place of a handshake that failed', async () => {
    const { rig, jar } = await startSignedIn({ websocketsPerSession: 1 });
    await rig.upstream.goDown();
    for (let i = 0; i < 3; i += 1) {
      expect(await openSocket(rig, jar).refused).toMatchObject({ code: 'upstream_unreachable' });
    }
    await rig.upstream.comeBack();
    await openedSocket(rig, jar);
  });

  it('reads no more from an upstream than a browser takes, and loses nothing', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    page.socket.pause();
    const message = Buffer.alloc(512 * 1024, 'x');
    const count = 100;
    for (let i = 0; i < count; i += 1) page.upstream.send(message);
    // What is left at the upstream was not read by us: of 50 MiB all but socket buffers and our mark.
    await standstill(() => page.upstream.bufferedAmount);
    expect(page.upstream.bufferedAmount).toBeGreaterThan(20 * 1024 * 1024);
    page.socket.resume();
    await until(() => page.messages.length === count, 'all messages');
  });

  it('reads no more from a browser than an upstream takes, and loses nothing', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    page.upstream.removeAllListeners('message');
    let received = 0;
    page.upstream.on('message', () => {
      received += 1;
    });
    page.upstream.pause();
    const count = 100;
    for (let i = 0; i < count; i += 1) page.socket.send(Buffer.alloc(512 * 1024, 'x'));
    await standstill(() => page.socket.bufferedAmount);
    expect(page.socket.bufferedAmount).toBeGreaterThan(20 * 1024 * 1024);
    page.upstream.resume();
    await until(() => received === count, 'all messages');
  });

  it('answers pings itself, and survives a flood of them', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    let relayed = 0;
    page.upstream.on('ping', () => {
      relayed += 1;
    });
    const pong = once(page.socket, 'pong');
    page.socket.ping('are you there?');
    expect(String((await pong)[0])).toBe('are you there?');
    for (let i = 0; i < 10_000; i += 1) page.socket.ping();
    expect((await jar.fetch('/api/after')).status).toBe(200);
    expect(relayed).toBe(0);
  });
});

describe('tokens and WebSockets', () => {
  it('ends a connection on which the upstream sends the access token back', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    const [handshake] = rig.upstream.requestsOf('/api/ws');
    const token = handshake?.headers.authorization?.slice('Bearer '.length) ?? '';
    page.upstream.send(JSON.stringify({ debug: token }));
    page.upstream.send('afterwards');
    expect((await page.closed).code).toBe(1011);
    expect(page.messages).toEqual([]);
  });

  it('has the token refreshed for an upstream that wants to be told, and tells it alone', async () => {
    const websocketTokenMessage = '{"type":"authorize","token":"{token}"}';
    const { rig } = await startSignedIn({ websocketTokenMessage });
    rig.as.settings.accessTokenLifetime = 2;
    const jar = rig.browser();
    await rig.signIn(jar);
    rig.as.settings.accessTokenLifetime = 300;
    const page = await openedSocket(rig, jar);
    page.upstream.removeAllListeners('message');
    const received: string[] = [];
    page.upstream.on('message', (data) => received.push(String(data)));
    await until(() => received.length === 1, 'a message with the token');
    await jar.fetch('/api/notes');
    const token = rig.upstream.requests.at(-1)?.headers.authorization?.slice('Bearer '.length);
    expect(JSON.parse(received[0] ?? '')).toEqual({ type: 'authorize', token });
    // An upstream that sends it back is cut off for it too.
    page.upstream.send(received[0] ?? '');
    expect((await page.closed).code).toBe(1011);
    expect(page.messages).toEqual([]);
  });
});
