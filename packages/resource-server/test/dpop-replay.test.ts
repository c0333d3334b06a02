import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DpopOptions } from '../src/index.ts';
import { buildApi } from './support/api.ts';
import {
  type AuthorizationServer,
  audience,
  startAuthorizationServer,
} from './support/authorization-server.ts';
import { type KeyHolder, makeKeyHolder } from './support/proofs.ts';

const publicUrl = 'https://api.example.test';
const uri = `${publicUrl}/any`;

let idp: AuthorizationServer;
let holder: KeyHolder;
let now: number;
let apps: FastifyInstance[];

beforeAll(async () => {
  idp = await startAuthorizationServer();
  holder = await makeKeyHolder();
});
afterAll(() => idp.close());
beforeEach(() => {
  now = Date.now();
  apps = [];
});
afterEach(() => Promise.all(apps.map((app) => app.close())));

async function start(dpop: DpopOptions = {}): Promise<FastifyInstance> {
  const { app } = await buildApi({ issuer: idp.issuer, audience, dpop, publicUrl, clock: () => now });
  apps.push(app);
  return app;
}

const secondsNow = () => Math.floor(now / 1000);

async function credentials(claims: Record<string, unknown> = {}, by = holder) {
  const token = await idp.sign({ ...idp.claims(now), exp: secondsNow() + 7200, cnf: { jkt: by.thumbprint } });
  const dpop = await by.proof({ token, uri, now: secondsNow(), claims });
  return { authorization: `DPoP ${token}`, dpop };
}

const call = (app: FastifyInstance, headers: Record<string, string>) => app.inject({ url: '/any', headers });

describe('BFF-RS-07: a proof is good once (RFC 9449 §11.1)', () => {
  it('the second use is refused, also at the same time', async () => {
    const app = await start();
    const headers = await credentials();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => call(app, headers)));
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 401, 401, 401, 401]);
    expect((await call(app, headers)).json().code).toBe('invalid_dpop_proof');
  });

  it('another proof with the same jti is refused, and that of another key is not', async () => {
    const app = await start();
    const other = await makeKeyHolder();
    expect((await call(app, await credentials({ jti: 'one' }))).statusCode).toBe(200);
    expect((await call(app, await credentials({ jti: 'one' }))).statusCode).toBe(401);
    expect((await call(app, await credentials({ jti: 'one' }, other))).statusCode).toBe(200);
  });

  it('it is remembered for as long as it would be good', async () => {
    const app = await start();
    now = secondsNow() * 1000;
    const headers = await credentials({ iat: secondsNow() + 30 });
    expect((await call(app, headers)).statusCode).toBe(200);
    now += 90_000;
    expect((await call(app, headers)).statusCode).toBe(401);
    const late = await credentials({ iat: secondsNow() - 60 });
    expect((await call(app, late)).statusCode).toBe(200);
  });

  it('a refused proof is not used up: the right request may still come', async () => {
    const app = await start();
    const headers = await credentials();
    expect((await app.inject({ method: 'POST', url: '/any', headers })).statusCode).toBe(401);
    expect((await call(app, headers)).statusCode).toBe(200);
  });
});

describe('a store of used proofs over several instances', () => {
  it('makes a proof good once over all of them, under keys that say nothing', async () => {
    const seen = new Map<string, number>();
    const claim = async (key: string, seconds: number) => !seen.has(key) && seen.set(key, seconds).has(key);
    const [one, two] = [await start({ replay: { claim } }), await start({ replay: { claim } })];
    const headers = await credentials({ jti: 'canary' });
    expect((await call(one, headers)).statusCode).toBe(200);
    expect((await call(two, headers)).statusCode).toBe(401);
    expect([...seen]).toEqual([[expect.stringMatching(/^[\w-]{43}$/), 91]]);
  });

  it('that fails: 503, and nobody comes in', async () => {
    const failing = async () => Promise.reject(new Error('store is down'));
    const response = await call(await start({ replay: { claim: failing } }), await credentials());
    expect(response.statusCode).toBe(503);
    expect(response.headers['retry-after']).toBe('1');
    expect(response.json()).toMatchObject({ code: 'replay_check_unavailable' });
    expect(response.body).not.toContain('down');
  });
});

describe('BFF-RS-07: nonces of this server (RFC 9449 §9)', () => {
  const secret = new Uint8Array(32).fill(7);

  it('a proof without nonce gets one, and with it the call succeeds', async () => {
    const app = await start({ nonce: true });
    const first = await call(app, await credentials());
    expect([first.statusCode, first.json().code]).toEqual([401, 'use_dpop_nonce']);
    expect(first.headers['www-authenticate']).toContain(
      'DPoP realm="api", error="use_dpop_nonce", algs="ES256',
    );
    expect(first.headers['cache-control']).toBe('no-store');
    const nonce = first.headers['dpop-nonce'];
    for (let i = 0; i < 2; i += 1) {
      const good = await call(app, await credentials({ nonce }));
      expect(good.statusCode).toBe(200);
      expect(good.headers).not.toHaveProperty('dpop-nonce');
    }
  });

  it.each([
    ['one of somebody else', 'x'],
    ['a number', 7],
    ['a list', ['x']],
    ['null', null],
  ])('a nonce that is %s: another one is given', async (_, nonce) => {
    const response = await call(await start({ nonce: true }), await credentials({ nonce }));
    expect([response.statusCode, response.json().code]).toEqual([401, 'use_dpop_nonce']);
    expect(response.headers['dpop-nonce']).toMatch(/^[\w-]{43}$/);
  });

  it('nonces change; the one before is good and brings the new one, older ones are refused', async () => {
    const app = await start({ nonce: { lifetime: 60 } });
    const given = async () => (await call(app, await credentials())).headers['dpop-nonce'];
    const nonce = await given();
    now += 60_000;
    const stale = await call(app, await credentials({ nonce }));
    expect(stale.statusCode).toBe(200);
    expect(stale.headers['dpop-nonce']).toBe(await given());
    expect(stale.headers['dpop-nonce']).not.toBe(nonce);
    expect(stale.headers['cache-control']).toBe('no-store');
    now += 60_000;
    expect((await call(app, await credentials({ nonce }))).json().code).toBe('use_dpop_nonce');
  });

  it("instances with the same secret take each other's nonces, others do not", async () => {
    const [one, two, other] = [
      await start({ nonce: { secret } }),
      await start({ nonce: { secret } }),
      await start({ nonce: true }),
    ];
    const nonce = (await call(one, await credentials())).headers['dpop-nonce'];
    expect((await call(two, await credentials({ nonce }))).statusCode).toBe(200);
    expect((await call(other, await credentials({ nonce }))).statusCode).toBe(401);
  });

  it('the nonce of an instance whose clock is a little ahead is good', async () => {
    const [one, two] = [await start({ nonce: { secret } }), await start({ nonce: { secret } })];
    now = Math.ceil(now / 300_000) * 300_000 + 5_000;
    const ahead = (await call(one, await credentials())).headers['dpop-nonce'];
    now -= 10_000;
    expect((await call(two, await credentials({ nonce: ahead }))).statusCode).toBe(200);
  });

  it('a proof that is bad otherwise gets no nonce', async () => {
    const response = await call(await start({ nonce: true }), await credentials({ htm: 'POST' }));
    expect(response.json().code).toBe('invalid_dpop_proof');
    expect(response.headers).not.toHaveProperty('dpop-nonce');
  });
});
