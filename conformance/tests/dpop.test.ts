import { headerValues, invalidToken, type Jar, wantsNonce, withMembers } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { proofsAt, readProof } from '../evidence/proofs.ts';
import { claimsOf, refreshes } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';
import { openWebSocket } from '../wire/web-socket.ts';

let rig: Rig;
let jar: Jar;
beforeAll(async () => {
  rig = await startRig({
    as: { dpop: 'required', par: 'offered' },
    provider: { config: { dpop: 'required', userInfo: true } },
    routes: ({ url }) => [{ prefix: '/api', upstream: url, webSockets: true }],
  });
});
beforeEach(async () => {
  jar = await rig.signedIn();
  rig.as.clearRecords();
});
afterEach(() => {
  delete rig.as.settings.dpopNonce;
  rig.reset();
});
afterAll(() => rig.close());

/** The nonces of the proofs that an endpoint of the authorization server got. */
async function noncesAt(endpoint: 'par' | 'token' | 'userinfo'): Promise<unknown[]> {
  const proofs = rig.as.requestsOf(endpoint).map(({ headers }) => String(headers.dpop));
  return (await Promise.all(proofs.map(readProof))).map(({ claims }) => claims.nonce);
}

requirement('BFF-ADV-04', 'every call has a proof of its own that fits it and its token', async () => {
  for (const path of ['/api/a', '/api/b?x=1&y=%2F', '/api/c%20d?']) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      expect((await jar.fetch(path, { method })).status, `${method} ${path}`).toBe(200);
    }
  }
  const proofs = await proofsAt(rig.upstream);
  expect(proofs).toHaveLength(9);
  expect(new Set(proofs.map(({ claims }) => claims.jti)).size).toBe(9);
  expect(new Set(proofs.map(({ jkt }) => jkt)).size).toBe(1);
  for (const [at, { claims, members, scheme, token, ath, jkt }] of proofs.entries()) {
    const request = rig.upstream.requests[at];
    expect(scheme).toBe('DPoP');
    expect(claims).toMatchObject({
      htm: request?.method,
      htu: `${rig.upstream.url}${request?.path}`,
      ath,
      jti: expect.stringMatching(/^.{22,}$/),
    });
    expect(Math.abs(Number(claims.iat) - Date.now() / 1_000)).toBeLessThan(30);
    expect(members).toEqual(['crv', 'kty', 'x', 'y']);
    expect(claimsOf(token).cnf).toEqual({ jkt });
  }
});

requirement('BFF-ADV-04', 'a WebSocket handshake has one too', async () => {
  await openWebSocket(rig, jar, { path: '/api/ws?room=7' }).opened;
  const [proof] = await proofsAt(rig.upstream);
  expect(proof).toMatchObject({
    scheme: 'DPoP',
    claims: { htm: 'GET', htu: `${rig.upstream.url}/api/ws`, ath: proof?.ath },
  });
});

requirement(
  'BFF-ADV-04',
  'each session has a key of its own, which its refreshes keep, and the code is bound to it',
  async () => {
    await rig.signedIn();
    expect(rig.as.requestsOf('par')[0]?.form.get('dpop_jkt')).toMatch(/^[\w-]{43}$/);
    await rig.call(jar);
    await rig.advance(301);
    await rig.call(jar);
    await rig.call(await rig.signedIn());
    expect(refreshes(rig.as)).toHaveLength(1);
    const [before, after, other] = await proofsAt(rig.upstream);
    expect(after?.token).not.toBe(before?.token);
    expect(after?.jkt).toBe(before?.jkt);
    expect(other?.jkt).not.toBe(before?.jkt);
  },
);

requirement('BFF-ADV-04', "a browser's own proof, nonce or scheme goes nowhere", async () => {
  const headers = { dpop: 'ey.mine', 'DPoP-Nonce': 'mine', authorization: 'DPoP mine' };
  expect((await jar.fetch('/api/notes', { headers })).status).toBe(200);
  const [proof] = await proofsAt(rig.upstream);
  expect(proof?.claims.nonce).toBeUndefined();
  expect(headerValues(rig.upstream.requests[0] ?? { rawHeaders: [] }, 'authorization')).toHaveLength(1);
});

requirement('BFF-ADV-05', 'the authorization server challenges once, wherever it does so', async () => {
  rig.as.settings.dpopNonce = 'first';
  jar = await rig.signedIn();
  expect(await noncesAt('par')).toEqual([undefined, 'first']);
  expect(await noncesAt('token')).toEqual(['first']);
  expect(await noncesAt('userinfo')).toEqual(['first']);
  rig.as.settings.dpopNonce = 'second';
  await rig.advance(301);
  expect((await rig.call(jar)).status).toBe(200);
  await rig.advance(301);
  expect((await rig.call(jar)).status).toBe(200);
  expect(await noncesAt('token')).toEqual(['first', 'first', 'second', 'second']);
});

requirement(
  'BFF-ADV-05',
  'an API that challenges, in a scheme of any case, sees the call again with its nonce, and the browser sees neither',
  async () => {
    let nonce = 'first';
    rig.upstream.on(
      '*',
      'always',
      wantsNonce(() => nonce, 'dPoP'),
    );
    const answer = await jar.fetch('/api/notes', { method: 'POST', body: 'keep me' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('dpop-nonce')).toBeNull();
    expect(rig.upstream.requests.map(({ body }) => body.toString())).toEqual(['keep me', 'keep me']);
    expect((await rig.call(jar)).status).toBe(200);
    nonce = 'second';
    expect((await rig.call(jar)).status).toBe(200);
    const proofs = await proofsAt(rig.upstream);
    const used = proofs.map(({ claims }) => claims.nonce);
    expect(used).toEqual([undefined, 'first', 'first', 'first', 'second']);
    expect(new Set(proofs.map(({ claims }) => claims.jti)).size).toBe(5);
  },
);

requirement('BFF-ADV-05', 'a nonce that comes with any answer is used from then on', async () => {
  rig.upstream.on('*', 'once', () => ({ status: 404, headers: { 'dpop-nonce': 'fresh' }, body: 'none' }));
  const answer = await rig.call(jar);
  expect([answer.status, answer.headers.get('dpop-nonce')]).toEqual([404, null]);
  await rig.call(jar);
  await rig.call(jar);
  expect((await proofsAt(rig.upstream)).map(({ claims }) => claims.nonce)).toEqual([
    undefined,
    'fresh',
    'fresh',
  ]);
});

requirement('BFF-ADV-05', 'a WebSocket handshake answers a challenge too', async () => {
  let challenges = 0;
  rig.upstream.onUpgrade((_request, socket) => {
    challenges += 1;
    socket.end(
      'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: DPoP error="use_dpop_nonce"\r\n' +
        `DPoP-Nonce: n${challenges}\r\nContent-Length: 0\r\n\r\n`,
    );
  });
  const refused = await openWebSocket(rig, jar).refused;
  expect(refused.status).toBe(503);
  expect(JSON.parse(refused.body)).toMatchObject({ code: 'retry_with_nonce' });
  rig.upstream.reset();
  await openWebSocket(rig, jar).opened;
  const used = (await proofsAt(rig.upstream)).map(({ claims }) => claims.nonce);
  expect(used).toEqual([undefined, 'n1', 'n2']);
});

requirement('BFF-ADV-05', 'an endless challenge ends after one more try, and the user stays', async () => {
  rig.upstream.on(
    '*',
    'always',
    wantsNonce(() => undefined),
  );
  const answer = await rig.call(jar);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await answer.json()).toMatchObject({ code: 'retry_with_nonce' });
  expect(rig.upstream.hits()).toBe(2);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });

  rig.as.on('token', 'always', () => {
    const headers = { 'dpop-nonce': crypto.randomUUID(), 'content-type': 'application/json' };
    return { status: 400, headers, body: '{"error":"use_dpop_nonce"}' };
  });
  await rig.advance(301);
  expect((await rig.call(jar)).status).toBe(503);
  expect(rig.as.hits('token')).toBe(2);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement(
  'BFF-ADV-05',
  'a body that was not kept is not sent twice: the browser is asked to send it again',
  async () => {
    rig.upstream.on(
      '*',
      'always',
      wantsNonce(() => 'first'),
    );
    const body = Buffer.alloc(200_000, 'x');
    const first = await jar.fetch('/api/files', { method: 'PUT', body });
    expect(first.status).toBe(503);
    expect(await first.json()).toMatchObject({ code: 'retry_with_nonce' });
    expect(rig.upstream.hits()).toBe(1);
    expect((await jar.fetch('/api/files', { method: 'PUT', body })).status).toBe(200);
    expect(rig.upstream.requests.at(-1)?.bodyLength).toBe(200_000);
  },
);

requirement('BFF-ADV-05', 'a token refused after a challenge is replaced as any other', async () => {
  await rig.advance(60);
  rig.upstream.on(
    '*',
    'once',
    wantsNonce(() => 'first'),
  );
  rig.upstream.on('*', 'once', invalidToken());
  expect((await rig.call(jar)).status).toBe(200);
  expect(refreshes(rig.as)).toHaveLength(1);
  const proofs = await proofsAt(rig.upstream);
  expect(proofs.map(({ claims }) => claims.nonce)).toEqual([undefined, 'first', 'first']);
  expect(proofs.map(({ token }) => token === proofs[0]?.token)).toEqual([true, true, false]);
});

requirement('BFF-ADV-06', 'a bearer token is not taken, at sign-in or at refresh', async () => {
  rig.as.change('tokenResponse', 'always', withMembers({ token_type: 'Bearer' }));
  const other = rig.jar();
  const answer = await rig.finish(other, await rig.begin(other));
  expect(answer.status).toBe(502);
  expect(await rig.session(other)).toMatchObject({ authenticated: false });
  await rig.advance(301);
  expect((await rig.call(jar)).status).toBe(503);
  expect(rig.upstream.hits()).toBe(0);
});

requirement('BFF-ADV-06', 'a provider that no longer offers it is not asked', async () => {
  rig.as.settings.dpop = 'off';
  await rig.bff.restart();
  const started = await rig.jar().navigate(rig.bff.loginPath(), { site: 'same-origin' });
  rig.as.settings.dpop = 'required';
  expect(started.status).toBe(502);
  expect(await started.text()).toContain('provider_misconfigured');
  expect(rig.as.hits('par') + rig.as.hits('authorize')).toBe(0);
});
