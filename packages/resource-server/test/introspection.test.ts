import type { FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IntrospectionOptions, ResourceServerOptions } from '../src/index.ts';
import { buildApi, call } from './support/api.ts';
import { audience, makeKey } from './support/authorization-server.ts';
import {
  type IntrospectionServer,
  json,
  signedAnswer,
  startIntrospectionServer,
} from './support/introspection-server.ts';
import { makeKeyHolder } from './support/proofs.ts';

const authentication = { method: 'client_secret_basic', secret: 'sec:ret' } as const;

let idp: IntrospectionServer;
let now: number;
let apps: FastifyInstance[];
let log: string[];

beforeEach(async () => {
  idp = await startIntrospectionServer();
  now = Math.floor(Date.now() / 1000) * 1000;
  apps = [];
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await idp.close();
});

async function start(
  introspection: Partial<IntrospectionOptions> = {},
  options: Partial<ResourceServerOptions> = {},
): Promise<FastifyInstance> {
  const built = await buildApi({
    issuer: idp.issuer,
    audience,
    clock: () => now,
    introspection: { clientId: 'notes api', authentication, ...introspection },
    ...options,
  });
  apps.push(built.app);
  log = built.log;
  return built.app;
}

const know = (token: string, claims: Record<string, unknown> = {}) => {
  idp.state.tokens.set(token, { ...idp.claims(now), ...claims });
  return token;
};

const seconds = (ahead: number) => Math.floor(now / 1000) + ahead;

describe('BFF-RS-10: opaque tokens are asked about (RFC 7662)', () => {
  it('an active token: 200, with the principal that the server names', async () => {
    const app = await start();
    const response = await call(app, know('opaque', { scope: 'notes:read admin', roles: ['user'] }));
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({
      issuer: idp.issuer,
      subject: 'alice',
      clientId: 'spa',
      scopes: ['notes:read', 'admin'],
      roles: ['user'],
    });
    expect(idp.state.questions).toEqual([
      {
        accept: 'application/json',
        authorization: `Basic ${Buffer.from('notes+api:sec%3Aret').toString('base64')}`,
        body: new URLSearchParams({ token_type_hint: 'access_token', token: 'opaque' }),
      },
    ]);
  });

  it('an unknown one, which is not active: 401', async () => {
    const response = await call(await start(), 'unknown');
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer realm="api", error="invalid_token"');
    expect(response.json()).toMatchObject({ code: 'invalid_token' });
  });

  it('active:false with everything else in place: 401', async () => {
    expect((await call(await start(), know('t', { active: false }))).statusCode).toBe(401);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['without iss', () => ({ iss: undefined })],
    ['with a list of audiences', () => ({ aud: ['urn:example:other', audience] })],
    [
      'without client, type and scope',
      () => ({ client_id: undefined, token_type: undefined, scope: undefined }),
    ],
    ['whose exp is 4 s ago', () => ({ exp: seconds(-4) })],
    ['with __proto__', () => JSON.parse('{"__proto__":{"sub":"admin"}}')],
  ])('an answer %s: 200', async (_, claims) => {
    expect((await call(await start(), know('t', claims()))).statusCode).toBe(200);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['of another issuer', () => ({ iss: 'https://other.test' })],
    ['whose iss is null', () => ({ iss: null })],
    ['for another API', () => ({ aud: 'urn:example:other' })],
    ['without audience', () => ({ aud: undefined })],
    ['whose aud is an object', () => ({ aud: { [audience]: true } })],
    ['whose aud is nested', () => ({ aud: [[audience]] })],
    ['without subject', () => ({ sub: undefined })],
    ['whose sub is empty', () => ({ sub: '' })],
    ['whose sub is an object', () => ({ sub: { toString: 'alice' } })],
    ['whose client_id is a number', () => ({ client_id: 7 })],
    ['without exp', () => ({ exp: undefined })],
    ['whose exp is text', () => ({ exp: String(seconds(300)) })],
    ['whose exp is 5 s ago', () => ({ exp: seconds(-5) })],
    ['whose nbf is in 31 s', () => ({ nbf: seconds(31) })],
    ['whose iat is in 31 s', () => ({ iat: seconds(31) })],
    ['of a refresh token', () => ({ token_type: 'refresh_token' })],
    ['whose token_type is a list', () => ({ token_type: ['Bearer'] })],
    ['of a DPoP token without a key', () => ({ token_type: 'DPoP' })],
    ['of a token bound to a key', () => ({ cnf: { jkt: 'x' } })],
    ['whose cnf is null', () => ({ cnf: null })],
  ])('an answer %s: 401', async (_, claims) => {
    expect((await call(await start(), know('t', claims()))).statusCode).toBe(401);
  });

  it('scopes, roles and step-up are asked of opaque tokens too; odd ones grant nothing', async () => {
    const app = await start();
    expect((await call(app, know('no scope', { scope: 'notes:write' }), '/notes')).statusCode).toBe(401);
    expect((await call(app, know('a', { scope: 'notes:write' }), '/notes')).statusCode).toBe(403);
    expect((await call(app, know('b', { scope: ['notes:read'] }), '/notes')).statusCode).toBe(403);
    expect((await call(app, know('c', { roles: 'admin' }), '/admin')).statusCode).toBe(403);
    expect((await call(app, know('d'), '/recent')).json().code).toBe('insufficient_user_authentication');
    expect((await call(app, know('e', { auth_time: seconds(-5) }), '/recent')).statusCode).toBe(200);
  });

  it('JWTs are validated here and not asked about, unless all tokens are', async () => {
    const { sub, iss, aud, client_id } = idp.claims(now);
    const claims = { sub, iss, aud, client_id, exp: seconds(600), iat: seconds(0), jti: 'x' };
    const { text: jwt } = await signedAnswer(claims, idp.key, { typ: 'at+jwt' });
    expect((await call(await start(), jwt)).statusCode).toBe(200);
    expect(idp.state.questions).toEqual([]);
    const strict = await start({ tokens: 'all' });
    expect((await call(strict, jwt)).statusCode).toBe(401);
    now += 30_000;
    expect((await call(strict, know(jwt))).statusCode).toBe(200);
    expect(idp.state.questions).toHaveLength(2);
  });

  it('without the option, opaque tokens are refused and nothing is asked', async () => {
    const { app } = await buildApi({ issuer: idp.issuer, audience });
    apps.push(app);
    expect((await call(app, know('t'))).statusCode).toBe(401);
    expect(idp.state.requests).toEqual([]);
  });

  it('an opaque token bound to a DPoP key comes with a proof (BFF-RS-07)', async () => {
    const { thumbprint, proof } = await makeKeyHolder();
    const publicUrl = 'https://api.example.test';
    const app = await start({}, { dpop: 'allowed', publicUrl });
    const token = know('bound', { token_type: 'DPoP', cnf: { jkt: thumbprint } });
    const dpop = await proof({ token, uri: `${publicUrl}/any`, now: seconds(0) });
    const good = await app.inject({ url: '/any', headers: { authorization: `DPoP ${token}`, dpop } });
    expect([good.statusCode, good.json().tokenType]).toEqual([200, 'DPoP']);
    expect((await call(app, token)).statusCode).toBe(401);
  });

  it('neither answers nor the log hold the token', async () => {
    const app = await start();
    idp.state.answer = () => ({ status: 500, text: 'canary-token' });
    const response = await call(app, 'canary-token');
    expect(response.statusCode).toBe(503);
    expect(response.body + JSON.stringify(response.headers) + log.join('')).not.toContain('canary-token');
  });
});

describe('BFF-RS-10: without an answer nobody comes in', () => {
  it.each<[string, () => unknown]>([
    ['cut connections', () => Object.assign(idp.state, { cut: true })],
    ['500', () => (idp.state.answer = () => ({ status: 500, text: '{}' }))],
    ['429', () => (idp.state.answer = () => ({ status: 429, text: '{}' }))],
    [
      '401, as the credentials are wrong',
      () => (idp.state.answer = () => ({ status: 401, text: '{"error":"invalid_client"}' })),
    ],
    ['a redirect', () => (idp.state.answer = () => ({ status: 302, text: '' }))],
    ['201', () => (idp.state.answer = () => ({ ...json(idp.claims(now)), status: 201 }))],
    [
      'HTML',
      () => (idp.state.answer = () => ({ contentType: 'text/html', text: JSON.stringify(idp.claims(now)) })),
    ],
    ['half of it', () => (idp.state.answer = () => ({ text: '{"active":true,' }))],
    ['nothing', () => (idp.state.answer = () => ({ text: '' }))],
    ['null', () => (idp.state.answer = () => json(null))],
    ['a list', () => (idp.state.answer = () => json([idp.claims(now)]))],
    ['an active that is text', () => (idp.state.answer = () => json({ ...idp.claims(now), active: 'true' }))],
    ['an active that is 1', () => (idp.state.answer = () => json({ ...idp.claims(now), active: 1 }))],
    ['no active', () => (idp.state.answer = () => json({ ...idp.claims(now), active: undefined }))],
    ['2 MB', () => (idp.state.answer = () => json({ ...idp.claims(now), x: 'x'.repeat(2_000_000) }))],
    [
      'metadata without endpoint',
      () => Object.assign(idp.state.metadata, { introspection_endpoint: undefined }),
    ],
    [
      'an endpoint over plain http',
      () => Object.assign(idp.state.metadata, { introspection_endpoint: 'http://a.test/' }),
    ],
    ['metadata of another issuer', () => Object.assign(idp.state.metadata, { issuer: 'https://other.test' })],
  ])('%s: 503', async (_, breakIt) => {
    const app = await start();
    breakIt();
    const response = await call(app, know('t'));
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(response.json()).toMatchObject({ code: 'introspection_unavailable', status: 503 });
    expect(response.body).not.toContain(idp.issuer);
  });

  it('an answer that does not come: 503 after the time-out', async () => {
    const app = await start({ timeout: 1 });
    idp.state.answer = () => new Promise(() => {});
    expect((await call(app, know('t'))).statusCode).toBe(503);
  });

  it('a failure is followed by one question per back-off, and what was remembered serves meanwhile', async () => {
    const app = await start();
    expect((await call(app, know('known'))).statusCode).toBe(200);
    idp.state.answer = () => ({ status: 500, text: '{}' });
    for (let i = 0; i < 20; i += 1) expect((await call(app, know(`t${i}`))).statusCode).toBe(503);
    expect(idp.state.questions).toHaveLength(2);
    expect((await call(app, 'known')).statusCode).toBe(200);
    idp.state.answer = undefined;
    now += 1000;
    expect((await call(app, 't1')).statusCode).toBe(200);
  });
});

describe('BFF-RS-10: signed answers (RFC 9701)', () => {
  const statement = (claims: Record<string, unknown> = {}) => ({
    iss: idp.issuer,
    aud: 'notes api',
    iat: seconds(0),
    token_introspection: idp.claims(now),
    ...claims,
  });
  const statusFor = async (claims: Record<string, unknown>, header = {}, key = idp.key) => {
    const app = await start({ signedResponses: true });
    idp.state.answer = () => signedAnswer(statement(claims), key, header);
    return (await call(app, 'opaque')).statusCode;
  };

  it.each<[string, () => Record<string, unknown>]>([
    ['for this client', () => ({})],
    ['for this API', () => ({ aud: audience })],
    ['for several', () => ({ aud: ['other', 'notes api'] })],
  ])('%s: 200, and a signed one was asked for', async (_, claims) => {
    expect(await statusFor(claims())).toBe(200);
    expect(idp.state.questions[0]?.accept).toBe('application/token-introspection+jwt');
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['of another issuer', () => ({ iss: 'https://other.test' })],
    ['without issuer', () => ({ iss: undefined })],
    ['for another client', () => ({ aud: 'other' })],
    ['without audience', () => ({ aud: undefined })],
    ['without iat', () => ({ iat: undefined })],
    ['that is expired', () => ({ exp: seconds(-31) })],
    ['that says the token is not active', () => ({ token_introspection: { active: false } })],
    [
      'that says so with everything else in place',
      () => ({ token_introspection: { ...idp.claims(now), active: false } }),
    ],
    ['with the claims beside their place', () => ({ ...idp.claims(now), token_introspection: undefined })],
    ['with a list of statements', () => ({ token_introspection: [idp.claims(now)] })],
    ['with an active that is text', () => ({ token_introspection: { ...idp.claims(now), active: 'true' } })],
    ['of a token for another API', () => ({ token_introspection: { ...idp.claims(now), aud: 'other' } })],
  ])('%s: 401', async (_, claims) => {
    expect(await statusFor(claims())).toBe(401);
  });

  it.each(['JWT', 'at+jwt', 'logout+jwt', undefined])('typ %s: 401', async (typ) => {
    expect(await statusFor({}, { typ })).toBe(401);
  });

  it('by another key, unsigned, or cut: 401', async () => {
    expect(await statusFor({}, {}, await makeKey('first'))).toBe(401);
    const app = await start({ signedResponses: true, backoff: 0, cache: { maxAge: 0 } });
    const { contentType, text = '' } = await signedAnswer(statement(), idp.key);
    const unsigned = `${Buffer.from('{"alg":"none","typ":"token-introspection+jwt"}').toString('base64url')}.${text.split('.')[1]}.`;
    for (const forged of [unsigned, text.slice(0, -4), '', 'x']) {
      idp.state.answer = () => ({ ...(contentType && { contentType }), text: forged });
      expect((await call(app, 'opaque')).statusCode).toBe(401);
    }
  });

  it('an answer that is not signed is refused where signed ones are asked for', async () => {
    const app = await start({ signedResponses: true });
    expect((await call(app, know('t'))).statusCode).toBe(401);
    idp.state.answer = async () => ({
      ...(await signedAnswer(statement(), idp.key)),
      contentType: 'application/json',
    });
    expect((await call(app, 'other')).statusCode).toBe(503);
  });

  it('a signed answer that nobody asked for is checked all the same', async () => {
    const app = await start();
    idp.state.answer = () => signedAnswer(statement({ aud: 'other' }), idp.key);
    expect((await call(app, 'a')).statusCode).toBe(401);
    idp.state.answer = () => signedAnswer(statement(), idp.key);
    expect((await call(app, 'b')).statusCode).toBe(200);
  });

  it('it is no access token: 401 (RFC 9701 §8.1)', async () => {
    const app = await start();
    const { text } = await signedAnswer({ ...idp.claims(now), iat: seconds(0), jti: 'x' }, idp.key);
    expect((await call(app, text)).statusCode).toBe(401);
  });
});

describe('BFF-RS-10: what is remembered', () => {
  it('one question for all who come at the same time, and for the next 30 s', async () => {
    const app = await start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(app, know('t'))));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    now += 29_000;
    expect((await call(app, 't')).statusCode).toBe(200);
    expect(idp.state.questions).toHaveLength(1);
    now += 1000;
    know('t', { active: false });
    expect((await call(app, 't')).statusCode).toBe(401);
    expect(idp.state.questions).toHaveLength(2);
  });

  it('never outlives exp, whatever the server says later', async () => {
    const app = await start({ cache: { maxAge: 600 } });
    expect((await call(app, know('t', { exp: seconds(20) }))).statusCode).toBe(200);
    now += 20_000;
    know('t', { active: false });
    expect((await call(app, 't')).statusCode).toBe(401);
    expect(idp.state.questions).toHaveLength(2);
  });

  it('a token that is not active is not asked about again for a while', async () => {
    const app = await start();
    for (let i = 0; i < 5; i += 1) expect((await call(app, 't')).statusCode).toBe(401);
    expect(idp.state.questions).toHaveLength(1);
  });

  it('nothing, where maxAge is 0', async () => {
    const app = await start({ cache: { maxAge: 0 } });
    expect((await call(app, know('t'))).statusCode).toBe(200);
    know('t', { active: false });
    expect((await call(app, 't')).statusCode).toBe(401);
  });

  it('no more than fits', async () => {
    const app = await start({ cache: { size: 2 } });
    for (const token of ['a', 'b', 'c', 'a']) await call(app, know(token));
    expect(idp.state.questions.map(({ body }) => body.get('token'))).toEqual(['a', 'b', 'c', 'a']);
  });

  it('no more than 256 questions at a time: 503 for the rest, and all is well after', async () => {
    const app = await start({}, { clock: () => now });
    let open = () => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    idp.state.answer = async (token) => gate.then(() => json(idp.state.tokens.get(token)));
    const calls = Array.from({ length: 257 }, (_, i) => call(app, know(`t${i}`)));
    const first = await Promise.race(calls);
    open();
    const statuses = (await Promise.all(calls)).map(({ statusCode }) => statusCode);
    expect(first.statusCode).toBe(503);
    expect(statuses.filter((status) => status === 200)).toHaveLength(256);
    expect(idp.state.questions).toHaveLength(256);
  });
});

describe('how this API proves who it is', () => {
  it('client_secret_post', async () => {
    const app = await start({ authentication: { method: 'client_secret_post', secret: 'sec:ret' } });
    expect((await call(app, know('t'))).statusCode).toBe(200);
    const [question] = idp.state.questions;
    expect(question?.authorization).toBeUndefined();
    expect(question?.body.get('client_id')).toBe('notes api');
    expect(question?.body.get('client_secret')).toBe('sec:ret');
  });

  it.each(['ES256', 'PS256', 'RS256', 'Ed25519'])('private_key_jwt by %s, for the issuer', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const key = { ...(await exportJWK(privateKey)), alg, kid: 'k' };
    const app = await start({ authentication: { method: 'private_key_jwt', key } });
    expect((await call(app, know('t'))).statusCode).toBe(200);
    const [question] = idp.state.questions;
    expect(question?.body.has('client_secret')).toBe(false);
    const assertion = question?.body.get('client_assertion') ?? '';
    const { payload, protectedHeader } = await jwtVerify(assertion, publicKey, { audience: idp.issuer });
    expect([payload.iss, payload.sub]).toEqual(['notes api', 'notes api']);
    expect([protectedHeader.alg, protectedHeader.kid]).toEqual([alg, 'k']);
  });

  it('the endpoint may be set: the metadata is not asked for', async () => {
    const app = await start({ endpoint: `${idp.issuer}/introspect` });
    expect((await call(app, know('t'))).statusCode).toBe(200);
    expect(idp.state.requests).toEqual(['/introspect']);
  });
});
