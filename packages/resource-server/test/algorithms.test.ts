import { createServer } from 'node:http';
import { base64url, exportSPKI, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApi, call } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  makeKey,
  portOf,
  type SigningKey,
  startAuthorizationServer,
} from './support/authorization-server.ts';

let idp: AuthorizationServer;
let rsa: SigningKey;
let evil: SigningKey;
const attacker = { hits: 0, url: '', close: () => {} };

beforeAll(async () => {
  rsa = await makeKey('rsa', 'RS256');
  idp = await startAuthorizationServer(rsa);
  evil = await makeKey('rsa', 'RS256');
  const server = createServer((_, response) => {
    attacker.hits += 1;
    response.end(JSON.stringify({ keys: [evil.publicJwk] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  attacker.url = `http://127.0.0.1:${portOf(server.address())}/jwks`;
  attacker.close = () => server.close();
});
afterAll(async () => {
  attacker.close();
  await idp.close();
});

function unsigned(header: Record<string, unknown>, claims: Record<string, unknown>, signature = ''): string {
  return `${base64url.encode(JSON.stringify(header))}.${base64url.encode(JSON.stringify(claims))}.${signature}`;
}

async function statusOf(token: string, options: { algorithms?: string[]; secret?: Uint8Array } = {}) {
  const outbound: string[] = [];
  const { app } = await buildApi({
    issuer: idp.issuer,
    audience,
    ...options,
    fetch: (input, init) => {
      outbound.push(String(input));
      return fetch(input, init);
    },
  });
  const { statusCode } = await call(app, token);
  await app.close();
  for (const url of outbound) expect(url.startsWith(`${idp.issuer}/`), url).toBe(true);
  return statusCode;
}

describe('BFF-RS-04: algorithms', () => {
  it.each(['RS256', 'RS512', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519'])('%s: 200', async (alg) => {
    const server = await startAuthorizationServer(await makeKey('a', alg));
    const { app } = await buildApi({ issuer: server.issuer, audience });
    expect((await call(app, await server.sign(server.claims()))).statusCode).toBe(200);
    await app.close();
    await server.close();
  });

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('alg %j: 401', async (alg) => {
    const header = { alg, typ: 'at+jwt', kid: 'rsa' };
    const good = await idp.sign(idp.claims());
    expect(await statusOf(unsigned(header, idp.claims()))).toBe(401);
    expect(await statusOf(unsigned(header, idp.claims(), good.split('.')[2]))).toBe(401);
  });

  it('HS256 with the public key as the secret, in every spelling of the key: 401', async () => {
    const pem = await exportSPKI(rsa.publicKey);
    const secrets = [pem, pem.trim(), JSON.stringify(rsa.publicJwk), rsa.publicJwk.n ?? ''];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const token = await new SignJWT(idp.claims())
          .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'rsa' })
          .sign(new TextEncoder().encode(secret));
        expect(await statusOf(token)).toBe(401);
      }
    }
  });

  it('RS256 where only ES256 is allowed: 401', async () => {
    expect(await statusOf(await idp.sign(idp.claims()), { algorithms: ['ES256'] })).toBe(401);
  });

  it('PS256 by an RSA key whose JWK says RS256: 401', async () => {
    const key = await makeKey('pss', 'PS256');
    const server = await startAuthorizationServer({ ...key, publicJwk: { ...key.publicJwk, alg: 'RS256' } });
    const { app } = await buildApi({ issuer: server.issuer, audience });
    expect((await call(app, await server.sign(server.claims()))).statusCode).toBe(401);
    await app.close();
    await server.close();
  });
});

describe('BFF-RS-04: key hints in the header', () => {
  it.each<[string, () => Record<string, unknown>]>([
    ['jku', () => ({ jku: attacker.url })],
    ['x5u', () => ({ x5u: attacker.url })],
    ['jwk', () => ({ jwk: evil.publicJwk })],
    ['jku and jwk with an unknown kid', () => ({ jku: attacker.url, jwk: evil.publicJwk, kid: 'evil' })],
    ['x5c', () => ({ x5c: ['AAAA'] })],
    ['kid as a path', () => ({ kid: '../../dev/null' })],
    ['kid as a URL', () => ({ kid: attacker.url })],
    ['kid as SQL', () => ({ kid: "' OR 1=1 --" })],
    ['kid __proto__', () => ({ kid: '__proto__' })],
    ['kid a number', () => ({ kid: 7 })],
    ['kid missing', () => ({ kid: undefined })],
  ])('%s: 401 and nothing fetched from the attacker', async (_, header) => {
    const token = await idp.sign(idp.claims(), header(), evil);
    expect(await statusOf(token)).toBe(401);
    expect(attacker.hits).toBe(0);
  });

  it('a key hint on a token that is good otherwise changes nothing', async () => {
    expect(await statusOf(await idp.sign(idp.claims(), { jku: attacker.url, x5u: attacker.url }))).toBe(200);
    expect(attacker.hits).toBe(0);
  });

  it('an extension that must be understood (crit): 401', async () => {
    const token = unsigned(
      { alg: 'RS256', typ: 'at+jwt', kid: 'rsa', crit: ['x'], x: 1 },
      idp.claims(),
      'AAAA',
    );
    expect(await statusOf(token)).toBe(401);
  });
});

describe('BFF-RS-04: a shared secret', () => {
  const secret = new Uint8Array(32).fill(7);
  const signed = (key: Uint8Array, alg = 'HS256') =>
    new SignJWT(idp.claims()).setProtectedHeader({ alg, typ: 'at+jwt' }).sign(key);

  it('HS256 by the secret: 200', async () => {
    expect(await statusOf(await signed(secret), { secret })).toBe(200);
  });

  it('HS256 by another secret, and HS512 by the right one: 401', async () => {
    expect(await statusOf(await signed(new Uint8Array(32).fill(8)), { secret })).toBe(401);
    expect(await statusOf(await signed(new Uint8Array(64).fill(7), 'HS512'), { secret })).toBe(401);
  });

  it("the issuer's public keys count no longer: 401, and nothing is fetched", async () => {
    idp.state.requests.length = 0;
    expect(await statusOf(await idp.sign(idp.claims()), { secret })).toBe(401);
    expect(idp.state.requests).toEqual([]);
  });
});

describe('malformed tokens', () => {
  it.each([
    'a',
    'a.b',
    'a.b.c',
    'a.b.c.d.e',
    '..',
    'e30.e30.',
    'e30.e30.e30',
    `${base64url.encode('[]')}.e30.AA`,
    `${base64url.encode('{"alg":"RS256","typ":"at+jwt","b64":false,"crit":["b64"]}')}.e30.AA`,
    `${base64url.encode('{"alg":["RS256"],"typ":"at+jwt"}')}.e30.AA`,
    `${base64url.encode('{"alg":"RS256","typ":{}}')}.e30.AA`,
    'A'.repeat(8000),
    `${'A'.repeat(4000)}.${'B'.repeat(3000)}.C`,
  ])('%.40s: 401', async (token) => {
    expect(await statusOf(token)).toBe(401);
  });

  it('any single character changed: 401', async () => {
    const { app } = await buildApi({ issuer: idp.issuer, audience });
    const token = await idp.sign(idp.claims());
    const last = token.length - 1; // its low bits are padding
    for (let index = 0; index < last; index += 7) {
      const other = token[index] === 'A' ? 'B' : 'A';
      const { statusCode } = await call(app, token.slice(0, index) + other + token.slice(index + 1));
      expect(statusCode, `character ${index}`).toBe(401);
    }
    await app.close();
  });
});
