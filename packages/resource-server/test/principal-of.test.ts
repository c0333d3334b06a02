import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('a token for a connection whose opener showed possession of a key (BFF-RS-07)', () => {
  it.each([
    ['the same DPoP key', { jkt: 'a' }, { jkt: 'a' }, true],
    ['another DPoP key', { jkt: 'a' }, { jkt: 'b' }, false],
    ['the same certificate', { 'x5t#S256': 'a' }, { 'x5t#S256': 'a' }, true],
    ['a certificate instead of a DPoP key', { jkt: 'a' }, { 'x5t#S256': 'a' }, false],
    ['the DPoP key and a certificate', { jkt: 'a' }, { jkt: 'a', 'x5t#S256': 'a' }, false],
    ['something unknown', { other: 'a' }, { other: 'a' }, false],
    ['a key, where the opener had none', undefined, { jkt: 'a' }, false],
  ])('bound to %s', async (_, opener, next, isGood) => {
    const claims = { ...idp.claims(), iss: idp.issuer, sub: 'alice', aud: audience, exp: 1 };
    const connection = {
      issuer: idp.issuer,
      subject: 'alice',
      clientId: 'spa',
      scopes: [],
      roles: [],
      tokenType: 'DPoP',
      claims: opener === undefined ? claims : { ...claims, cnf: opener },
    } as const;
    const token = await idp.sign({ ...idp.claims(), cnf: next });
    const principal = await app.principalOf(token, {}, connection);
    expect(principal?.tokenType).toBe(isGood ? 'DPoP' : undefined);
    expect(await app.principalOf(token)).toBeUndefined();
  });
});
