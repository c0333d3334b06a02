import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildApi } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  startAuthorizationServer,
} from './support/authorization-server.ts';

let idp: AuthorizationServer;
let app: FastifyInstance;
let log: string[];

beforeAll(async () => {
  idp = await startAuthorizationServer();
  ({ app, log } = await buildApi({ issuer: idp.issuer, audience }));
});
afterAll(async () => {
  await app.close();
  await idp.close();
});

it('says who a token is of that came otherwise than by a request', async () => {
  const principal = await app.principalOf(await idp.sign(idp.claims()));
  expect(principal).toMatchObject({ issuer: idp.issuer, subject: idp.claims().sub });
});

it.each([
  ['expired', { exp: 1 }],
  ['of another API', { aud: 'urn:other' }],
  ['of another issuer', { iss: 'https://other.example' }],
  ['bound to a key', { cnf: { jkt: 'x' } }],
])('refuses one that is %s, and logs why but never the token (BFF-RS-02, BFF-RS-03)', async (_, claims) => {
  const token = await idp.sign({ ...idp.claims(), ...claims });
  log.length = 0;
  expect(await app.principalOf(token)).toBeUndefined();
  expect(log.join()).toContain('access token refused');
  expect(log.join()).not.toContain(token);
});

it('refuses what is no token, and one that lacks what is asked of it', async () => {
  expect(await app.principalOf('')).toBeUndefined();
  expect(await app.principalOf('a.b.c')).toBeUndefined();
  const token = await idp.sign(idp.claims());
  expect(await app.principalOf(token, { scopes: ['never:granted'] })).toBeUndefined();
  expect(await app.principalOf(token, { roles: ['never'] })).toBeUndefined();
});

it('refuses while the keys cannot be had', async () => {
  const other = await startAuthorizationServer();
  other.state.status = 503;
  const { app: lonely } = await buildApi({ issuer: other.issuer, audience });
  expect(await lonely.principalOf(await other.sign(other.claims()))).toBeUndefined();
  await lonely.close();
  await other.close();
});
