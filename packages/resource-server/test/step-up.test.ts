import type { FastifyInstance } from 'fastify';
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

async function answer(url: string, claims: Record<string, unknown>) {
  return call(app, await idp.sign({ ...idp.claims(now), ...claims }), url);
}

describe('BFF-ADV-09: a route says how and when the user must have signed in (RFC 9470)', () => {
  it.each<[string, string, Record<string, unknown>]>([
    ['a sign-in 59 s ago', '/recent', { auth_time: seconds - 59 }],
    ['a sign-in by a clock that is 30 s ahead', '/recent', { auth_time: seconds + 30 }],
    ['one acr of those', '/strong', { acr: 'urn:acr:otp' }],
    ['another acr of those', '/strong', { acr: 'urn:acr:key' }],
    ['both', '/both-ways', { acr: 'urn:acr:otp', auth_time: seconds }],
  ])('%s on %s: 200', async (_, url, claims) => {
    expect((await answer(url, claims)).statusCode).toBe(200);
  });

  const recent = 'max_age="60"';
  const strong = 'acr_values="urn:acr:otp urn:acr:key"';
  const both = 'acr_values="urn:acr:otp", max_age="60"';
  it.each<[string, string, Record<string, unknown>, string]>([
    ['a sign-in 61 s ago', '/recent', { auth_time: seconds - 61 }, recent],
    ['a sign-in far ahead', '/recent', { auth_time: seconds + 31 }, recent],
    ['no auth_time', '/recent', {}, recent],
    ['an auth_time that is text', '/recent', { auth_time: String(seconds) }, recent],
    ['an auth_time that is null', '/recent', { auth_time: null }, recent],
    ['another acr', '/strong', { acr: 'urn:acr:password' }, strong],
    ['no acr', '/strong', {}, strong],
    ['a list of acr values', '/strong', { acr: ['urn:acr:otp'] }, strong],
    ['two acr values in one', '/strong', { acr: 'urn:acr:otp urn:acr:key' }, strong],
    ['an acr in other case', '/strong', { acr: 'URN:ACR:OTP' }, strong],
    ['the acr without the age', '/both-ways', { acr: 'urn:acr:otp', auth_time: seconds - 100 }, both],
    ['the age without the acr', '/both-ways', { auth_time: seconds }, both],
  ])('%s on %s: 401 that says what is needed', async (_, url, claims, needed) => {
    const response = await answer(url, claims);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ code: 'insufficient_user_authentication', status: 401 });
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", error="insufficient_user_authentication", ${needed}`,
    );
  });

  it('a missing scope is told first: signing in again would not help', async () => {
    const response = await answer('/recent', { scope: '', auth_time: seconds - 600 });
    expect(response.json()).toMatchObject({ code: 'insufficient_scope' });
  });

  it('the next token of an open connection is held to it too', async () => {
    const token = (claims: Record<string, unknown>) => idp.sign({ ...idp.claims(now), ...claims });
    const access = { acr: ['urn:acr:otp'] };
    expect(await app.principalOf(await token({}), access)).toBeUndefined();
    expect(await app.principalOf(await token({ acr: 'urn:acr:otp' }), access)).toBeDefined();
  });
});
