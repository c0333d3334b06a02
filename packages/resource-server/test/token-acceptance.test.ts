import type { FastifyInstance } from 'fastify';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi, call } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  startAuthorizationServer,
} from './support/authorization-server.ts';

const now = Date.now();
const seconds = Math.floor(now / 1000);
let idp: AuthorizationServer;
let app: FastifyInstance;

beforeAll(async () => {
  idp = await startAuthorizationServer();
  ({ app } = await buildApi({ issuer: idp.issuer, audience, clock: () => now }));
});
afterAll(async () => {
  await app.close();
  await idp.close();
});

async function statusOf(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<number> {
  const response = await call(app, await idp.sign({ ...idp.claims(now), ...claims }, header));
  if (response.statusCode !== 200) {
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api", error="invalid_token"');
  }
  return response.statusCode;
}

describe('BFF-RS-01: only access tokens are accepted', () => {
  it.each(['at+jwt', 'AT+JWT', 'At+Jwt', 'application/at+jwt', 'Application/AT+jwt'])(
    'typ %s: 200',
    async (typ) => {
      expect(await statusOf({}, { typ })).toBe(200);
    },
  );

  it.each([
    ['an ID token', 'JWT'],
    ['a logout token', 'logout+jwt'],
    ['a DPoP proof', 'dpop+jwt'],
    ['an introspection response', 'token-introspection+jwt'],
    ['no typ', undefined],
    ['an empty typ', ''],
    ['a prefix of the right one', 'at+jw'],
    ['another media type', 'text/at+jwt'],
    ['surrounding space', ' at+jwt'],
  ])('%s: 401', async (_, typ) => {
    expect(await statusOf({}, { typ })).toBe(401);
  });
});

describe('BFF-RS-02: issuer and audience are exact and mandatory (GHSA-wcvh-g65p-v576)', () => {
  it.each([
    ['the audience alone', audience],
    ['a list that has it', ['urn:example:other', audience]],
  ])('aud is %s: 200', async (_, aud) => {
    expect(await statusOf({ aud })).toBe(200);
  });

  it.each([
    ['another API', 'urn:example:other'],
    ['a list of other APIs', ['urn:example:other', 'urn:example:third']],
    ['an empty list', []],
    ['missing', undefined],
    ['null', null],
    ['a longer name', `${audience}:admin`],
    ['a shorter name', 'urn:example'],
    ['upper case', audience.toUpperCase()],
    ['nested lists', [[audience]]],
    ['an object', { [audience]: true }],
    ['the client', 'spa'],
  ])('aud is %s: 401', async (_, aud) => {
    expect(await statusOf({ aud })).toBe(401);
  });

  it.each<[string, (issuer: string) => unknown]>([
    ['with a slash at the end', (issuer) => `${issuer}/`],
    ['with a path', (issuer) => `${issuer}/tenant`],
    ['with a query', (issuer) => `${issuer}?`],
    ['with a fragment', (issuer) => `${issuer}#`],
    ['in upper case', (issuer) => issuer.toUpperCase()],
    ['over https', (issuer) => issuer.replace('http:', 'https:')],
    ['on another host that is the same', (issuer) => issuer.replace('127.0.0.1', 'localhost')],
    ['with user information', (issuer) => issuer.replace('//', '//user@')],
    ['on another port', (issuer) => issuer.slice(0, -1)],
    ['as a prefix of another host', (issuer) => `${issuer}.evil.test`],
    ['with surrounding space', (issuer) => ` ${issuer} `],
    ['in a list', (issuer) => [issuer]],
    ['missing', () => undefined],
    ['null', () => null],
    ['empty', () => ''],
  ])('iss %s: 401', async (_, near) => {
    expect(await statusOf({ iss: near(idp.issuer) })).toBe(401);
  });
});

describe('BFF-RS-03: times hold within a small tolerance and required claims exist', () => {
  it.each([
    ['exp is 4 s ago', { exp: seconds - 4 }],
    ['nbf is in 30 s', { nbf: seconds + 30 }],
    ['iat is in 30 s', { iat: seconds + 30 }],
    ['nbf is missing', { nbf: undefined }],
  ])('%s: 200', async (_, claims) => {
    expect(await statusOf(claims)).toBe(200);
  });

  it.each([
    ['exp is 5 s ago', { exp: seconds - 5 }],
    ['exp is 20 s ago', { exp: seconds - 20 }],
    ['exp is 1970', { exp: 0 }],
    ['exp is negative', { exp: -1 }],
    ['exp is text', { exp: String(seconds + 300) }],
    ['nbf is in 31 s', { nbf: seconds + 31 }],
    ['nbf is text', { nbf: 'now' }],
    ['nbf is null', { nbf: null }],
    ['iat is in 31 s', { iat: seconds + 31 }],
    ['iat is text', { iat: String(seconds) }],
    ['sub is empty', { sub: '' }],
    ['sub is a number', { sub: 7 }],
    ['client_id is null', { client_id: null }],
    ['jti is a list', { jti: ['a'] }],
  ])('%s: 401', async (_, claims) => {
    expect(await statusOf(claims)).toBe(401);
  });

  it.each(['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'])('%s is missing: 401', async (claim) => {
    expect(await statusOf({ [claim]: undefined })).toBe(401);
  });

  it('an exp too large for a number: 401, it would never pass', async () => {
    const key = idp.state.keys[0];
    if (key === undefined) throw new Error('no key');
    const text = JSON.stringify({ ...idp.claims(now), exp: 0 }).replace('"exp":0', '"exp":1e999');
    const token = await new CompactSign(Buffer.from(text))
      .setProtectedHeader({ alg: key.alg, typ: 'at+jwt', kid: key.kid })
      .sign(key.privateKey);
    expect((await call(app, token)).statusCode).toBe(401);
  });

  it.each([
    ['exp', { exp: seconds - 59 }, { exp: seconds - 60 }],
    ['nbf', { nbf: seconds }, { nbf: seconds + 1 }],
    ['iat', { iat: seconds + 10 }, { iat: seconds + 11 }],
  ])('each time has a tolerance of its own: %s', async (_, inside, outside) => {
    const tolerance = { exp: 60, nbf: 0, iat: 10 };
    const { app: other } = await buildApi({ issuer: idp.issuer, audience, tolerance, clock: () => now });
    const status = async (claims: Record<string, unknown>) =>
      (await call(other, await idp.sign({ ...idp.claims(now), ...claims }))).statusCode;
    expect(await status(inside)).toBe(200);
    expect(await status(outside)).toBe(401);
    await other.close();
  });

  it('requiredClaims can add claims and take off some, but not iss, exp, aud and sub', async () => {
    const { app: lenient } = await buildApi({
      issuer: idp.issuer,
      audience,
      requiredClaims: ['auth_time'],
      clock: () => now,
    });
    const base = {
      ...idp.claims(now),
      client_id: undefined,
      jti: undefined,
      iat: undefined,
      auth_time: seconds,
    };
    const status = async (claims: Record<string, unknown>) =>
      (await call(lenient, await idp.sign({ ...base, ...claims }))).statusCode;
    expect(await status({})).toBe(200);
    expect(await status({ auth_time: undefined })).toBe(401);
    for (const claim of ['iss', 'exp', 'aud', 'sub']) expect(await status({ [claim]: undefined })).toBe(401);
    await lenient.close();
  });
});

describe('tokens bound to a key', () => {
  it.each([
    ['a DPoP key', { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' }],
    ['a certificate', { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' }],
    ['something unknown', { other: 'x' }],
    ['nothing', null],
  ])('cnf names %s: 401 as a plain bearer token (RFC 9449 §7.2)', async (_, cnf) => {
    expect(await statusOf({ cnf })).toBe(401);
  });
});
