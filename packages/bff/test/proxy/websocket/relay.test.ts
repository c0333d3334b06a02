import { once } from 'node:events';
import { headerValues, openConnection } from '@coatcheck/testing';
import { describe, expect, it } from 'vitest';
import { until } from '../../rig.ts';
import { openedSocket, openSocket, startSignedIn } from './sockets.ts';

describe('a WebSocket through the proxy', () => {
  it('relays text and binary messages both ways, as they are', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    const bytes = Buffer.from([0, 255, 128, 10]);
    page.socket.send('grüß dich');
    page.socket.send(bytes);
    page.socket.send('');
    await until(() => page.messages.length === 3, 'three echoes');
    expect(page.messages).toEqual(['grüß dich', bytes, '']);
  });

  it('gives the upstream the access token in a header, and no cookie (BFF-STREAM-04)', async () => {
    const { rig, jar } = await startSignedIn();
    await openedSocket(rig, jar, {
      headers: { authorization: 'Bearer forged', proxy_authorization: 'x', 'x-forwarded-for': '6.6.6.6' },
    });
    const [handshake] = rig.upstream.requestsOf('/api/ws');
    if (!handshake) throw new Error('no handshake');
    const token = rig.as.canaries().find(({ kind }) => kind === 'access_token')?.value;
    expect(headerValues(handshake, 'authorization')).toEqual([`Bearer ${token}`]);
    expect(headerValues(handshake, 'host')).toEqual([new URL(rig.upstream.url).host]);
    expect(headerValues(handshake, 'x-forwarded-for')).not.toContain('6.6.6.6');
    for (const name of [
      'cookie',
      'origin',
      'sec-fetch-site',
      'sec-websocket-extensions',
      'proxy_authorization',
    ]) {
      expect(headerValues(handshake, name), name).toEqual([]);
    }
    for (const name of ['sec-websocket-key', 'sec-websocket-version', 'connection', 'upgrade']) {
      expect(headerValues(handshake, name), name).toHaveLength(1);
    }
  });

  it('sends the target on byte for byte, below the prefix of the upstream', async () => {
    const { rig, jar } = await startSignedIn({ keepPrefix: false });
    const target = `/api/a{b}%20"c"^|\`/?q={"x":'1'}&<>`;
    const connection = await openConnection({ host: 'localhost', port: Number(new URL(rig.url).port) });
    const cookie = [...jar.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    await connection.write(
      [
        `GET ${target} HTTP/1.1`,
        `Host: ${new URL(rig.url).host}`,
        `Origin: ${rig.url}`,
        `Cookie: ${cookie}`,
        'Connection: keep-alive, Upgrade',
        'Upgrade: WebSocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
        '\r\n',
      ].join('\r\n'),
    );
    expect((await connection.read()).status).toBe(101);
    connection.destroy();
    expect(rig.upstream.requests.at(-1)?.target).toBe(target.slice('/api'.length));
  });

  it('offers the subprotocols to the upstream and answers with its choice alone', async () => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar, { protocols: ['chat.v2', 'chat.v1'] });
    const [handshake] = rig.upstream.requestsOf('/api/ws');
    expect(handshake?.headers['sec-websocket-protocol']).toBe('chat.v2,chat.v1');
    expect(page.socket.protocol).toBe('chat.v2');
    expect(page.socket.extensions).toBe('');
  });

  it.each([
    ['a code and a reason', 4000, 'done here', 4000, 'done here'],
    ['a code of the protocol', 1000, '', 1000, ''],
    ['no code', undefined, '', 1005, ''],
  ])('relays a closing with %s to the upstream', async (_, code, reason, seen, why) => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    const closed = once(page.upstream, 'close');
    if (code === undefined) page.socket.close();
    else page.socket.close(code, reason);
    const [upstreamCode, upstreamReason] = await closed;
    expect([upstreamCode, String(upstreamReason)]).toEqual([seen, why]);
    expect((await page.closed).code).toBe(seen);
  });

  it.each([
    ['a code and a reason', 4000, 'done here', 4000, 'done here'],
    ['a code that is ours', 4401, 'not you', 1008, 'not you'],
    ['no code', undefined, '', 1005, ''],
  ])('relays a closing with %s to the browser', async (_, code, reason, seen, why) => {
    const { rig, jar } = await startSignedIn();
    const page = await openedSocket(rig, jar);
    if (code === undefined) page.upstream.close();
    else page.upstream.close(code, reason);
    expect(await page.closed).toEqual({ code: seen, reason: why });
  });

  it('ends the other side when one dies without a word', async () => {
    const { rig, jar } = await startSignedIn();
    const first = await openedSocket(rig, jar);
    first.upstream.terminate();
    expect((await first.closed).code).toBe(1014);

    const second = await openedSocket(rig, jar);
    const closed = once(second.upstream, 'close');
    second.socket.terminate();
    expect((await closed)[0]).toBe(1001);
  });

  it('answers the handshake only when the upstream has accepted its own, and as it did', async () => {
    const { rig, jar } = await startSignedIn();
    rig.upstream.onUpgrade((_request, socket) => {
      socket.end(
        'HTTP/1.1 409 Conflict\r\nContent-Type: application/json\r\nSet-Cookie: a=b\r\nServer: x\r\nContent-Length: 12\r\nConnection: close\r\n\r\n{"busy":true}',
      );
    });
    const refusal = await openSocket(rig, jar).refused;
    expect(refusal).toMatchObject({ status: 409, body: '{"busy":true'.slice(0, 12) });
    expect(refusal.headers).toMatchObject({ 'cache-control': 'private, no-store', connection: 'close' });
    expect(refusal.headers['set-cookie']).toBeUndefined();
    expect(refusal.headers.server).toBeUndefined();
  });

  it.each([
    [
      'nonsense',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
      502,
    ],
    ['no HTTP', 'what?\r\n\r\n', 502],
    ['a redirect elsewhere', 'HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\n\r\n', 502],
    ['nothing', '', 502],
  ])('says 502 where the upstream answers with %s', async (_, answer, status) => {
    const { rig, jar } = await startSignedIn();
    rig.upstream.onUpgrade((_request, socket) => void socket.end(answer));
    const refusal = await openSocket(rig, jar).refused;
    expect(refusal.status).toBe(status);
    expect(refusal.code).toMatch(/^upstream_/);
  });

  it('says 504 where the upstream does not answer, and 502 where it is not there', async () => {
    const { rig, jar } = await startSignedIn({ timeout: '100ms' });
    rig.upstream.onUpgrade(() => undefined);
    expect(await openSocket(rig, jar).refused).toMatchObject({ status: 504, code: 'upstream_timeout' });
    await rig.upstream.goDown();
    expect(await openSocket(rig, jar).refused).toMatchObject({ status: 502, code: 'upstream_unreachable' });
  });

  it('gives up dialling when the browser leaves', async () => {
    const { rig, jar } = await startSignedIn();
    const reached = Promise.withResolvers<{ gone: Promise<unknown> }>();
    rig.upstream.onUpgrade((_request, socket) => {
      socket.resume();
      reached.resolve({ gone: once(socket, 'end') });
    });
    const page = openSocket(rig, jar);
    const { gone } = await reached.promise;
    page.socket.terminate();
    await gone;
  });
});
