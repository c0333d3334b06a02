import type { FastifyInstance } from 'fastify';
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  portOf,
  startAuthorizationServer,
} from './support/authorization-server.ts';
import { type KeyHolder, makeKeyHolder, type ProofRequest } from './support/proofs.ts';
import { overTheWire } from './support/wire.ts';

const seconds = Math.floor(Date.now() / 1000);
const now = seconds * 1000;
const publicUrl = 'https://api.example.test';
const uri = `${publicUrl}/any`;
const algs = 'algs="ES256 Ed25519 EdDSA PS256 RS256"';

let idp: AuthorizationServer;
let app: FastifyInstance;
let log: string[];
let holder: KeyHolder;
let thief: KeyHolder;

beforeAll(async () => {
  idp = await startAuthorizationServer();
  ({ app, log } = await buildApi({
    issuer: idp.issuer,
    audience,
    dpop: 'allowed',
    publicUrl,
    clock: () => now,
  }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  [holder, thief] = await Promise.all([makeKeyHolder(), makeKeyHolder()]);
});
afterAll(async () => {
  await app.close();
  await idp.close();
});

function boundToken(claims: Record<string, unknown> = {}): Promise<string> {
  return idp.sign({ ...idp.claims(now), cnf: { jkt: holder.thumbprint }, ...claims });
}

/** Calls with a token of the holder and a proof that is good apart from what is given. */
async function callWith(
  proof: Partial<ProofRequest> = {},
  header: Record<string, unknown> = {},
  options: { url?: string; method?: 'GET' | 'POST' | 'HEAD'; by?: KeyHolder } = {},
) {
  const { url = '/any', method = 'GET', by = holder } = options;
  const token = await boundToken();
  const dpop = await by.proof({ token, uri, method, now: seconds, ...proof }, header);
  return app.inject({ method, url, headers: { authorization: `DPoP ${token}`, dpop } });
}

describe('BFF-RS-07: a token bound to a DPoP key comes with a proof of it (RFC 9449 §7.1)', () => {
  it.each(['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'])('a proof by %s: 200', async (alg) => {
    const other = await makeKeyHolder(alg);
    const token = await boundToken({ cnf: { jkt: other.thumbprint } });
    const dpop = await other.proof({ token, uri, now: seconds });
    const response = await app.inject({ url: '/any', headers: { authorization: `DPoP ${token}`, dpop } });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toMatchObject({ tokenType: 'DPoP', subject: 'alice' });
    expect(response.headers).not.toHaveProperty('dpop-nonce');
  });

  it.each(['DPoP', 'dpop', 'DPOP', 'dPoP'])('scheme %s: 200', async (scheme) => {
    const token = await boundToken();
    const dpop = await holder.proof({ token, uri, now: seconds });
    const headers = { authorization: `${scheme} ${token}`, dpop };
    expect((await app.inject({ url: '/any', headers })).statusCode).toBe(200);
  });

  it('the method is that of the request', async () => {
    expect((await callWith({}, {}, { method: 'POST' })).statusCode).toBe(200);
    expect((await callWith({}, {}, { method: 'HEAD' })).statusCode).toBe(200);
    expect((await callWith({ method: 'POST' })).statusCode).toBe(401);
    expect((await callWith({ method: 'get' })).statusCode).toBe(401);
    expect((await callWith({ method: 'GET' }, {}, { method: 'POST' })).statusCode).toBe(401);
  });

  it.each<[string, Record<string, unknown>]>([
    ['with query and fragment', { htu: `${uri}?x=1#y` }],
    ['in upper case where that says nothing', { htu: 'HTTPS://API.example.TEST/any' }],
    ['with the default port', { htu: 'https://api.example.test:443/any' }],
    ['with needless percent-encoding', { htu: 'https://api.example.test/%61n%79' }],
    ['with dot segments', { htu: 'https://api.example.test/x/../any' }],
    ['made 60 s ago', { iat: seconds - 60 }],
    ['made by a clock that is 30 s ahead', { iat: seconds + 30 }],
    ['with a nonce that nobody asked for', { nonce: 'x' }],
    ['with other claims', { sub: 'x', iss: 'y', aud: 'z' }],
  ])('a proof %s: 200', async (_, claims) => {
    expect((await callWith({ claims }, {}, { url: '/any?q=1' })).statusCode).toBe(200);
  });

  it.each<[string, Record<string, unknown>]>([
    ['for another path', { htu: `${publicUrl}/other` }],
    ['for a longer path', { htu: `${uri}/` }],
    ['for a path in other case', { htu: `${publicUrl}/ANY` }],
    ['for another host', { htu: 'https://api.example.test.evil.test/any' }],
    ['for another scheme', { htu: 'http://api.example.test/any' }],
    ['for another port', { htu: 'https://api.example.test:8443/any' }],
    ['for a user', { htu: 'https://a@api.example.test/any' }],
    ['for a path alone', { htu: '/any' }],
    ['for a list', { htu: [uri] }],
    ['for nothing', { htu: undefined }],
    ['without method', { htm: undefined }],
    ['with a list of methods', { htm: ['GET'] }],
    ['for another token', { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' }],
    ['without ath', { ath: undefined }],
    ['without jti', { jti: undefined }],
    ['with an empty jti', { jti: '' }],
    ['with a jti that is a number', { jti: 7 }],
    ['without iat', { iat: undefined }],
    ['with an iat that is text', { iat: String(seconds) }],
    ['made 61 s ago', { iat: seconds - 61 }],
    ['made by a clock that is 31 s ahead', { iat: seconds + 31 }],
    ['with exp in the past', { exp: seconds - 31 }],
    ['with nbf in the future', { nbf: seconds + 31 }],
  ])('a proof %s: 401', async (_, claims) => {
    const response = await callWith({ claims });
    expect(response.statusCode).toBe(401);
    expect(response.json().code).toBe('invalid_dpop_proof');
    expect(response.headers['www-authenticate']).toBe(
      `Bearer realm="api", DPoP realm="api", error="invalid_dpop_proof", ${algs}`,
    );
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['JWT', () => ({ typ: 'JWT' })],
    ['that of an access token', () => ({ typ: 'at+jwt' })],
    ['nothing', () => ({ typ: undefined })],
  ])('a proof whose typ is %s: 401', async (_, header) => {
    expect((await callWith({}, header())).json().code).toBe('invalid_dpop_proof');
  });

  it.each<[string, () => Record<string, unknown>, string]>([
    ['missing', () => ({ jwk: undefined }), 'invalid_dpop_proof'],
    ['text', () => ({ jwk: 'x' }), 'invalid_dpop_proof'],
    ['a list', () => ({ jwk: [] }), 'invalid_dpop_proof'],
    ['empty', () => ({ jwk: {} }), 'invalid_dpop_proof'],
    ['of no known type', () => ({ jwk: { kty: 'XX' } }), 'invalid_dpop_proof'],
    ['private', () => ({ jwk: holder.privateJwk }), 'invalid_dpop_proof'],
    ['that of somebody else', () => ({ jwk: thief.publicJwk }), 'invalid_token'],
    ['a secret', () => ({ jwk: { kty: 'oct', k: 'AAAA' } }), 'invalid_token'],
  ])('a proof whose jwk is %s: 401', async (_, header, code) => {
    const response = await callWith({}, header());
    expect([response.statusCode, response.json().code]).toEqual([401, code]);
  });

  it('a proof by another key, and one that only names the right key: 401', async () => {
    expect((await callWith({}, {}, { by: thief })).json().code).toBe('invalid_token');
    const forged = await callWith({}, { jwk: holder.publicJwk }, { by: thief });
    expect([forged.statusCode, forged.json().code]).toEqual([401, 'invalid_dpop_proof']);
  });

  it.each(['HS256', 'RS512', 'none'])(
    'a proof by the algorithm %s, which is not offered: 401',
    async (alg) => {
      const other = alg === 'RS512' ? await makeKeyHolder('RS512') : holder;
      const token = await boundToken({ cnf: { jkt: other.thumbprint } });
      const good = await other.proof({ token, uri, now: seconds });
      const [, payload, signature] = good.split('.');
      const header = Buffer.from(JSON.stringify({ alg, typ: 'dpop+jwt', jwk: other.publicJwk })).toString(
        'base64url',
      );
      const dpop = alg === 'RS512' ? good : `${header}.${payload}.${signature}`;
      const response = await app.inject({ url: '/any', headers: { authorization: `DPoP ${token}`, dpop } });
      expect([response.statusCode, response.json().code]).toEqual([401, 'invalid_dpop_proof']);
    },
  );

  it.each([
    ['nothing', undefined],
    ['empty', ''],
    ['no JWT', 'nonsense'],
    ['an unsecured JWT', new UnsecuredJWT({}).encode()],
    ['five parts', 'a.b.c.d.e'],
  ])('a DPoP header that is %s: 401', async (_, dpop) => {
    const headers = { authorization: `DPoP ${await boundToken()}`, ...(dpop !== undefined && { dpop }) };
    const response = await app.inject({ url: '/any', headers });
    expect([response.statusCode, response.json().code]).toEqual([401, 'invalid_dpop_proof']);
  });

  it('two DPoP headers: 401, whichever is good', async () => {
    const token = await boundToken();
    const proof = () => holder.proof({ token, uri, now: seconds });
    const authorization = ['Authorization', `DPoP ${token}`];
    const answers = [
      await overTheWire(app, [...authorization, 'DPoP', await proof(), 'DPoP', 'x']),
      await overTheWire(app, [...authorization, 'DPoP', 'x', 'dpop', await proof()]),
      await overTheWire(app, [...authorization, 'DPoP', `${await proof()}, ${await proof()}`]),
      await overTheWire(app, [...authorization, 'DPoP', await proof()]),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 200]);
  });

  it('neither answers nor the log hold token or proof', async () => {
    log.length = 0;
    const token = await boundToken();
    const dpop = await holder.proof({ token, uri: 'https://other.test/', now: seconds });
    const response = await app.inject({ url: '/any', headers: { authorization: `DPoP ${token}`, dpop } });
    const everything = JSON.stringify(response.headers) + response.body + log.join('');
    for (const part of [...token.split('.'), ...dpop.split('.')]) expect(everything).not.toContain(part);
    expect(log.join('')).toContain('see the option publicUrl');
  });
});

describe('BFF-RS-07: a bound token is no bearer token, and the other way round (RFC 9449 §7.2)', () => {
  const both = (error: string) => `Bearer realm="api", error="${error}", DPoP realm="api", ${algs}`;

  it('bound, sent as Bearer, with a good proof and without: 401', async () => {
    const token = await boundToken();
    const dpop = await holder.proof({ token, uri, now: seconds });
    for (const headers of [
      { authorization: `Bearer ${token}` },
      { authorization: `Bearer ${token}`, dpop },
    ]) {
      const response = await app.inject({ url: '/any', headers });
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toBe(both('invalid_token'));
    }
  });

  it('not bound, sent as DPoP with a good proof: 401', async () => {
    const token = await idp.sign(idp.claims(now));
    const dpop = await holder.proof({ token, uri, now: seconds });
    const response = await app.inject({ url: '/any', headers: { authorization: `DPoP ${token}`, dpop } });
    expect([response.statusCode, response.json().code]).toEqual([401, 'invalid_token']);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['empty', {}],
    ['a list', [{ jkt: 'x' }]],
    ['text', 'x'],
    ['an empty jkt', { jkt: '' }],
    ['a jkt that is a list', { jkt: ['x'] }],
    ['something unknown', { kid: 'x' }],
  ])('cnf is %s: 401 by either scheme', async (_, cnf) => {
    const token = await boundToken({ cnf });
    const dpop = await holder.proof({ token, uri, now: seconds });
    for (const scheme of ['Bearer', 'DPoP']) {
      const headers = { authorization: `${scheme} ${token}`, dpop };
      expect((await app.inject({ url: '/any', headers })).statusCode).toBe(401);
    }
  });

  it('something unknown beside the right key: 401', async () => {
    const token = await boundToken({ cnf: { jkt: holder.thumbprint, kid: 'x' } });
    const dpop = await holder.proof({ token, uri, now: seconds });
    const headers = { authorization: `DPoP ${token}`, dpop };
    expect((await app.inject({ url: '/any', headers })).statusCode).toBe(401);
  });

  it('a plain bearer token is good where DPoP is only allowed; the challenge offers both', async () => {
    const authorization = `Bearer ${await idp.sign(idp.claims(now))}`;
    expect((await app.inject({ url: '/any', headers: { authorization } })).statusCode).toBe(200);
    const { headers } = await app.inject('/any');
    expect(headers['www-authenticate']).toBe(`Bearer realm="api", DPoP realm="api", ${algs}`);
  });

  it('a plain bearer token is refused where DPoP is required, and only DPoP is offered', async () => {
    const options = { issuer: idp.issuer, audience, clock: () => now, dpop: 'required', publicUrl } as const;
    const { app: strict } = await buildApi(options);
    const bearer = { authorization: `Bearer ${await idp.sign(idp.claims(now))}` };
    const refused = await strict.inject({ url: '/any', headers: bearer });
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['www-authenticate']).toBe(`DPoP realm="api", ${algs}`);
    const token = await boundToken();
    const dpop = await holder.proof({ token, uri, now: seconds });
    const headers = { authorization: `DPoP ${token}`, dpop };
    expect((await strict.inject({ url: '/any', headers })).statusCode).toBe(200);
    await strict.close();
  });

  it('where DPoP is off, the scheme is unknown and bound tokens are refused', async () => {
    const { app: plain } = await buildApi({ issuer: idp.issuer, audience, clock: () => now });
    const token = await boundToken();
    const dpop = await holder.proof({ token, uri, now: seconds });
    const status = async (scheme: string) => {
      const headers = { authorization: `${scheme} ${token}`, dpop };
      return (await plain.inject({ url: '/any', headers })).headers['www-authenticate'];
    };
    expect(await status('DPoP')).toBe('Bearer realm="api"');
    expect(await status('Bearer')).toBe('Bearer realm="api", error="invalid_token"');
    await plain.close();
  });

  it('scope and step-up challenges come by the scheme of the token', async () => {
    const token = await boundToken({ scope: '' });
    const at = async (url: string) => {
      const dpop = await holder.proof({ token, uri: `${publicUrl}${url}`, now: seconds });
      const headers = { authorization: `DPoP ${token}`, dpop };
      return (await app.inject({ url, headers })).headers['www-authenticate'];
    };
    expect(await at('/notes')).toBe(
      `Bearer realm="api", DPoP realm="api", error="insufficient_scope", scope="notes:read", ${algs}`,
    );
    expect(await at('/strong')).toContain(
      'DPoP realm="api", error="insufficient_user_authentication", acr_values="urn:acr:otp urn:acr:key"',
    );
  });
});

describe('the URI that a proof must be for', () => {
  const statusAt = async (server: FastifyInstance, htu: string, path = '/any', host = 'api.test') => {
    const token = await boundToken();
    const dpop = await holder.proof({ token, uri: htu, now: seconds });
    const headers = ['Authorization', `DPoP ${token}`, 'DPoP', dpop, 'X-Forwarded-Host', host];
    return (await overTheWire(server, headers, path)).status;
  };

  it('is below any of the public URLs, paths included', async () => {
    const publicUrls = ['https://api.example.test/v1/', 'http://10.0.0.7:9300'];
    const options = { issuer: idp.issuer, audience, clock: () => now, dpop: 'allowed' } as const;
    const { app: other } = await buildApi({ ...options, publicUrl: publicUrls });
    await other.listen({ port: 0, host: '127.0.0.1' });
    expect(await statusAt(other, 'https://api.example.test/v1/any')).toBe(200);
    expect(await statusAt(other, 'http://10.0.0.7:9300/any')).toBe(200);
    expect(await statusAt(other, 'https://api.example.test/any')).toBe(401);
    expect(await statusAt(other, `http://127.0.0.1:${portOf(other.server.address())}/any`)).toBe(401);
    await other.close();
  });

  it('is where the connection arrived if nothing is configured; headers have no say', async () => {
    const options = { issuer: idp.issuer, audience, clock: () => now, dpop: 'allowed' } as const;
    const { app: other } = await buildApi(options);
    await other.listen({ port: 0, host: '127.0.0.1' });
    const port = portOf(other.server.address());
    expect(await statusAt(other, `http://127.0.0.1:${port}/any`)).toBe(200);
    expect(await statusAt(other, `http://localhost:${port}/any`)).toBe(200);
    expect(await statusAt(other, 'http://api.test/any')).toBe(401);
    expect(await statusAt(other, `http://api.test:${port}/any`)).toBe(401);
    expect(await statusAt(other, 'http://evil.test/any', '/any', 'evil.test')).toBe(401);
    expect(await statusAt(other, `https://127.0.0.1:${port}/any`)).toBe(401);
    await other.close();
  });

  it.each(['/x/../any', '/x/%2e%2e/any', '/x/.%2E/any', '/./any', '/x\\any', '/any/.', '/any/..'])(
    'a request for %s, which reads in two ways: 401 whatever the proof says',
    async (path) => {
      for (const htu of [publicUrl + path, uri, `${publicUrl}/x/any`, `${publicUrl}/`]) {
        expect(await statusAt(app, htu, path)).toBe(401);
      }
    },
  );
});
