import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ResourceServerOptions } from '../src/index.ts';
import { buildApi, call } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  makeKey,
  startAuthorizationServer,
} from './support/authorization-server.ts';

let idp: AuthorizationServer;
let now: number;
let apps: FastifyInstance[];

beforeEach(async () => {
  idp = await startAuthorizationServer();
  now = Date.now();
  apps = [];
});
afterEach(async () => {
  await Promise.all(apps.map((app) => app.close()));
  await idp.close();
});

async function start(options: Partial<ResourceServerOptions> = {}): Promise<FastifyInstance> {
  const { app } = await buildApi({ issuer: idp.issuer, audience, clock: () => now, ...options });
  apps.push(app);
  return app;
}

const fetches = (path: string) => idp.state.requests.filter((url) => url === path).length;

async function statusOf(app: FastifyInstance, header?: Record<string, unknown>): Promise<number> {
  return (await call(app, await idp.sign(idp.claims(now), header))).statusCode;
}

describe('BFF-RS-08: without keys nobody comes in', () => {
  it.each([
    ['500', () => Object.assign(idp.state, { status: 500 })],
    ['a redirect', () => Object.assign(idp.state, { status: 302 })],
    ['cut connections', () => Object.assign(idp.state, { status: 0 })],
    ['HTML', () => idp.state.overrides.set('/jwks', '<!doctype html>')],
    ['JSON of another shape', () => idp.state.overrides.set('/jwks', '{"keys":"none"}')],
    ['null', () => idp.state.overrides.set('/jwks', 'null')],
    ['2 MB', () => idp.state.overrides.set('/jwks', `{"keys":[],"x":"${'x'.repeat(2_000_000)}"}`)],
    ['metadata of another issuer', () => Object.assign(idp.state.metadata, { issuer: `${idp.issuer}/` })],
    ['metadata without issuer', () => Object.assign(idp.state.metadata, { issuer: undefined })],
    ['metadata without keys', () => Object.assign(idp.state.metadata, { jwks_uri: undefined })],
    ['keys over plain http', () => Object.assign(idp.state.metadata, { jwks_uri: 'http://keys.test/jwks' })],
    ['metadata that is null', () => idp.state.overrides.set('/.well-known/openid-configuration', 'null')],
  ])('the issuer answers with %s: 503', async (_, breakIt) => {
    const app = await start();
    breakIt();
    const response = await call(app, await idp.sign(idp.claims(now)));
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.headers['www-authenticate']).toBeUndefined();
    expect(response.json()).toMatchObject({ code: 'keys_unavailable', status: 503 });
    expect(response.body).not.toContain(idp.issuer);
  });

  it('an answer that does not come: 503 after the time-out', async () => {
    const app = await start({ jwks: { timeout: 1 } });
    idp.state.gate = new Promise(() => {});
    expect(await statusOf(app)).toBe(503);
  });

  it('starts while the issuer is down and works when it is back, at most one fetch per back-off', async () => {
    const app = await start();
    idp.state.status = 500;
    for (let i = 0; i < 20; i += 1) expect(await statusOf(app)).toBe(503);
    expect(idp.state.requests).toHaveLength(1);
    idp.state.status = 200;
    expect(await statusOf(app)).toBe(503);
    now += 5000;
    expect(await statusOf(app)).toBe(200);
  });

  it('keys in hand serve while the issuer is down, until they are too old', async () => {
    const app = await start();
    expect(await statusOf(app)).toBe(200);
    idp.state.status = 500;
    expect(await statusOf(app, { kid: 'unknown' })).toBe(503);
    now += 599_000;
    expect(await statusOf(app)).toBe(200);
    now += 1000;
    expect(await statusOf(app)).toBe(503);
  });

  it('a key withdrawn by the issuer is refused once the set is too old', async () => {
    const app = await start();
    const withdrawn = await idp.sign({ ...idp.claims(now), exp: Math.floor(now / 1000) + 3600 });
    expect((await call(app, withdrawn)).statusCode).toBe(200);
    idp.state.keys = [await makeKey('second')];
    now += 600_000;
    expect((await call(app, withdrawn)).statusCode).toBe(401);
  });
});

describe('BFF-RS-08: key rotation', () => {
  it('a new key is good at once, after exactly one fetch, for all who come at the same time', async () => {
    const app = await start();
    expect(await statusOf(app)).toBe(200);
    idp.state.keys = [await makeKey('second'), ...idp.state.keys];
    const token = await idp.sign(idp.claims(now));
    const answers = await Promise.all(Array.from({ length: 50 }, () => call(app, token)));
    expect(new Set(answers.map((answer) => answer.statusCode))).toEqual(new Set([200]));
    expect(fetches('/jwks')).toBe(2);
  });

  it('500 tokens with unknown keys cause one fetch per cool-down', async () => {
    const app = await start();
    expect(await statusOf(app)).toBe(200);
    const evil = await makeKey('evil');
    const storm = async () => {
      for (let i = 0; i < 250; i += 1) {
        const token = await idp.sign(idp.claims(now), { kid: `unknown-${i}` }, evil);
        expect((await call(app, token)).statusCode).toBe(401);
      }
    };
    await storm();
    await storm();
    expect(fetches('/jwks')).toBe(2);
    expect(await statusOf(app)).toBe(200);
    now += 30_000;
    await storm();
    expect(fetches('/jwks')).toBe(3);
  });

  it('tokens without kid are tried with every key that fits', async () => {
    const app = await start();
    idp.state.keys = [await makeKey('second'), ...idp.state.keys];
    const evil = await makeKey('evil');
    for (const key of idp.state.keys) {
      const token = await idp.sign(idp.claims(now), { kid: undefined }, key);
      expect((await call(app, token)).statusCode).toBe(200);
    }
    expect((await call(app, await idp.sign(idp.claims(now), { kid: undefined }, evil))).statusCode).toBe(401);
  });
});

describe('where the keys are', () => {
  it('is asked for once, and not before the first token comes', async () => {
    const app = await start();
    await app.inject('/any');
    await app.inject('/open');
    expect(idp.state.requests).toEqual([]);
    await Promise.all([statusOf(app), statusOf(app), statusOf(app)]);
    expect(idp.state.requests).toEqual(['/.well-known/openid-configuration', '/jwks']);
  });

  it('is not asked for where jwksUri is set', async () => {
    const app = await start({ jwksUri: `${idp.issuer}/jwks` });
    expect(await statusOf(app)).toBe(200);
    expect(idp.state.requests).toEqual(['/jwks']);
  });

  it('may be said by RFC 8414 metadata only, also for an issuer with a path', async () => {
    const issuer = `${idp.issuer}/tenant`;
    const metadata = JSON.stringify({ issuer, jwks_uri: `${idp.issuer}/jwks` });
    idp.state.overrides.set('/.well-known/oauth-authorization-server/tenant', metadata);
    const app = await start({ issuer });
    const token = await idp.sign({ ...idp.claims(now), iss: issuer });
    expect((await call(app, token)).statusCode).toBe(200);
    expect(idp.state.requests[0]).toBe('/tenant/.well-known/openid-configuration');
  });

  it('must be https, or on this machine: nothing is fetched over plain http', async () => {
    const asked: string[] = [];
    const keys = JSON.stringify({ keys: idp.state.keys.map((key) => key.publicJwk) });
    const app = await start({
      fetch: async (input, init) => {
        asked.push(String(input));
        return String(input).startsWith(idp.issuer) ? fetch(input, init) : new Response(keys);
      },
    });
    Object.assign(idp.state.metadata, { jwks_uri: 'http://keys.test/jwks' });
    expect(await statusOf(app)).toBe(503);
    expect(asked).toEqual([`${idp.issuer}/.well-known/openid-configuration`]);
    Object.assign(idp.state.metadata, { jwks_uri: 'https://keys.test/jwks' });
    now += 5000;
    expect(await statusOf(app)).toBe(200);
  });

  it('may change: the metadata is read again after a failure', async () => {
    const app = await start();
    Object.assign(idp.state.metadata, { jwks_uri: `${idp.issuer}/old` });
    expect(await statusOf(app)).toBe(503);
    Object.assign(idp.state.metadata, { jwks_uri: `${idp.issuer}/jwks` });
    now += 5000;
    expect(await statusOf(app)).toBe(200);
  });
});
