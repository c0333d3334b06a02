import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { startApi } from './support/api.ts';
import {
  type AuthorizationServer,
  portOf,
  startAuthorizationServer,
} from './support/authorization-server.ts';

const publicUrl = 'http://api.example.test';
let idp: AuthorizationServer;
beforeAll(async () => {
  idp = await startAuthorizationServer();
});
afterAll(() => idp.close());

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const { x, y } = publicKey.export({ format: 'jwk' });
const jkt = sha256(JSON.stringify({ crv: 'P-256', kty: 'EC', x, y })); // RFC 7638 §3

function proof(token: string, htu: string): string {
  const jwk = { kty: 'EC', crv: 'P-256', x, y };
  const claims = {
    jti: randomUUID(),
    htm: 'GET',
    htu,
    iat: Math.floor(Date.now() / 1000),
    ath: sha256(token),
  };
  const input = [{ alg: 'ES256', typ: 'dpop+jwt', jwk }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

it('takes a token that is bound to a DPoP key with a proof for its public URL, and only so (BFF-RS-07)', async () => {
  const app = await startApi(idp.issuer, { publicUrl });
  const token = idp.token({ cnf: { jkt } });
  const call = (authorization: string, dpop: string) =>
    app.inject({ url: '/api/me?x=1', headers: { authorization, dpop } });
  const good = await call(`DPoP ${token}`, proof(token, `${publicUrl}/api/me`));
  expect(good.json()).toMatchObject({ subject: 'alice', tokenType: 'DPoP', claims: { cnf: { jkt } } });
  const elsewhere = await call(`DPoP ${token}`, proof(token, 'http://other.example.test/api/me'));
  expect(elsewhere.json()).toMatchObject({ status: 401, code: 'invalid_dpop_proof' });
  const plain = await call(`Bearer ${token}`, proof(token, `${publicUrl}/api/me`));
  expect(plain.json()).toMatchObject({ status: 401, code: 'invalid_token' });
});

it('a WebSocket opens by such a token, and goes on with the next one of the same key only (BFF-RS-07)', async () => {
  const app = await startApi(idp.issuer);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `127.0.0.1:${portOf(app.server.address())}/api/ws`;
  const token = idp.token({ cnf: { jkt } });
  const headers = { authorization: `DPoP ${token}`, dpop: proof(token, `http://${url}`) };
  const socket = new WebSocket(`ws://${url}`, { headers });
  onTestFinished(() => socket.terminate());
  const [hello] = await once(socket, 'message');
  expect(JSON.parse(String(hello))).toMatchObject({ type: 'hello', subject: 'alice' });

  socket.send(JSON.stringify({ type: 'authorize', token: idp.token({ cnf: { jkt } }) }));
  socket.send('still here');
  const [echo] = await once(socket, 'message');
  expect(JSON.parse(String(echo))).toMatchObject({ text: 'still here' });

  socket.send(JSON.stringify({ type: 'authorize', token: idp.token({ cnf: { jkt: 'another' } }) }));
  const [code] = await once(socket, 'close');
  expect(code).toBe(1008);
});
