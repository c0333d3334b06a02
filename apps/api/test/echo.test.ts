import { once } from 'node:events';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startApi } from './support/api.ts';
import {
  type AuthorizationServer,
  portOf,
  startAuthorizationServer,
} from './support/authorization-server.ts';

let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

async function open(app: FastifyInstance, headers: Record<string, string>, path = '/api/ws') {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
  const socket = new WebSocket(`ws://127.0.0.1:${portOf(app.server.address())}${path}`, { headers });
  onTestFinished(() => socket.terminate());
  const messages: string[] = [];
  socket.on('message', (data) => messages.push(String(data)));
  return { socket, messages };
}

/** The status that a handshake was refused with. */
async function refusal(app: FastifyInstance, headers: Record<string, string>): Promise<number | undefined> {
  const { socket } = await open(app, headers);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  return response.statusCode;
}

describe('GET /api/ws', () => {
  it('says who the caller is and sends messages back with that name', async () => {
    const { socket, messages } = await open(await startApi(idp.issuer), idp.bearer());
    await expect
      .poll(() => messages)
      .toEqual([JSON.stringify({ type: 'hello', issuer: idp.issuer, subject: 'alice' })]);
    socket.send('good morning');
    await expect
      .poll(() => messages[1])
      .toBe(JSON.stringify({ type: 'echo', subject: 'alice', text: 'good morning' }));
  });

  it('refuses the upgrade without a token, and with one that would not do for a call (BFF-RS-01)', async () => {
    const app = await startApi(idp.issuer);
    expect(await refusal(app, {})).toBe(401);
    expect(await refusal(app, idp.bearer({ exp: 1 }))).toBe(401);
    expect(await refusal(app, idp.bearer({ aud: 'urn:other' }))).toBe(401);
  });

  it('takes no token from the query or a subprotocol', async () => {
    const app = await startApi(idp.issuer);
    const { socket } = await open(app, {}, `/api/ws?access_token=${idp.token()}`);
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(401);
  });

  it('ends with the token', async () => {
    const now = Math.floor(Date.now() / 1000);
    const { socket } = await open(await startApi(idp.issuer), idp.bearer({ exp: now + 1 }));
    const [code, reason] = await once(socket, 'close');
    expect(code).toBe(1008);
    expect(String(reason)).toBe('the access token has expired');
  });

  it('lives on with the next token of the same person, which it never sends back', async () => {
    const now = Math.floor(Date.now() / 1000);
    const { socket, messages } = await open(await startApi(idp.issuer), idp.bearer({ exp: now + 1 }));
    await expect.poll(() => messages).toHaveLength(1);
    const token = idp.token({ exp: now + 300 });
    socket.send(JSON.stringify({ type: 'authorize', token }));
    await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan((now + 1) * 1000 + 300);
    socket.send('still here');
    await expect.poll(() => messages).toHaveLength(2);
    expect(messages.join()).not.toContain(token);
  });

  it.each([
    ['somebody else', { sub: 'mallory' }],
    ['nobody: it has expired', { exp: 1 }],
    ['another API', { aud: 'urn:other' }],
  ])('ends where the next token is of %s', async (_, claims) => {
    const { socket, messages } = await open(await startApi(idp.issuer), idp.bearer());
    await expect.poll(() => messages).toHaveLength(1);
    socket.send(JSON.stringify({ type: 'authorize', token: idp.token(claims) }));
    expect((await once(socket, 'close'))[0]).toBe(1008);
    expect(messages).toHaveLength(1);
  });

  it('ends with 1009 where a message is too long, and serves on', async () => {
    const app = await startApi(idp.issuer);
    const { socket } = await open(app, idp.bearer());
    await once(socket, 'open');
    socket.send('x'.repeat(65 * 1024));
    const [code] = await once(socket, 'close');
    expect(code).toBe(1009);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
  });
});
