import { createServer, request as rawHttp } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AuthorizationServer, faults, startAuthorizationServer, withMembers } from '../src/index.ts';
import { createPlainClient } from './plain-client.ts';

let as: AuthorizationServer;
let client: ReturnType<typeof createPlainClient>;
beforeEach(async () => {
  as = await startAuthorizationServer();
  client = createPlainClient(as);
});
afterEach(() => as.close());

const ask = () =>
  fetch(`${as.issuer}/token`, { method: 'POST', redirect: 'manual', body: new URLSearchParams() });

describe('handlers', () => {
  it('that apply once are used up in order, then the server answers as ever', async () => {
    as.on('token', 'once', faults.status(503));
    as.on('token', 2, faults.error('invalid_grant', 200));
    const statuses = [await ask(), await ask(), await ask(), await ask()].map((response) => response.status);
    expect(statuses).toEqual([503, 200, 200, 401]);
  });

  it('that apply always reach the rest by next, until they are taken away', async () => {
    const off = as.on('token', 'always', async (_, next) => {
      const answer = await next();
      return answer === 'handled' ? answer : { ...answer, status: 418 };
    });
    as.on('token', 'once', faults.status(503));
    expect((await ask()).status).toBe(503);
    expect((await ask()).status).toBe(418);
    off();
    expect((await ask()).status).toBe(401);
  });

  it('are all gone after reset', async () => {
    as.on('*', 'always', faults.status(500));
    as.change('metadata', 'always', withMembers({ issuer: 'https://evil.example' }));
    as.reset();
    const metadata: unknown = await (await fetch(`${as.issuer}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ issuer: as.issuer });
  });

  it('that break answer 500 and make close reject, so that they cannot hide', async () => {
    const other = await startAuthorizationServer();
    other.on('token', 'once', () => {
      throw new Error('a bug in a test');
    });
    const response = await fetch(`${other.issuer}/token`, { method: 'POST' });
    expect(response.status).toBe(500);
    await expect(other.close()).rejects.toThrow('a bug in a test');
  });
});

describe('a gate', () => {
  it('holds requests before the server acts, and counts them', async () => {
    const { members } = await client.signIn();
    const gate = as.hold('token');
    const pending = [1, 2].map(() => client.refresh(members.refresh_token));
    await gate.arrivals(2);
    expect(gate.count).toBe(2);
    expect(as.isActive(String(members.refresh_token))).toBe(true);
    gate.release();
    expect((await Promise.all(pending)).map((answer) => answer.status).sort()).toEqual([200, 400]);
    expect((await ask()).status).toBe(401);
  });

  it('holds answers after the server has acted', async () => {
    const { members } = await client.signIn();
    const gate = as.hold('token', 'after');
    const pending = client.refresh(members.refresh_token);
    await gate.arrived;
    expect(as.isActive(String(members.refresh_token))).toBe(false);
    gate.release();
    expect((await pending).status).toBe(200);
  });
});

describe('ready-made faults', () => {
  it('lose the answer after rotation', async () => {
    const { members } = await client.signIn();
    as.on('token', 'once', faults.loseAnswer());
    await expect(client.refresh(members.refresh_token)).rejects.toThrow();
    expect(as.hits('token')).toBe(2);
    expect((await client.refresh(members.refresh_token)).members.error).toBe('invalid_grant');
  });

  it('reset before rotation', async () => {
    const { members } = await client.signIn();
    as.on('token', 'once', faults.reset());
    await expect(client.refresh(members.refresh_token)).rejects.toThrow();
    expect((await client.refresh(members.refresh_token)).status).toBe(200);
  });

  it('cut a body short', async () => {
    as.on('token', 'once', faults.cutBody());
    const response = await ask();
    await expect(response.text()).rejects.toThrow();
  });

  it.each([
    ['html', faults.html(), 200, 'text/html; charset=utf-8'],
    ['html 502', faults.html(502), 502, 'text/html; charset=utf-8'],
    ['invalid JSON', faults.invalidJson(), 200, 'application/json'],
    ['truncated JSON', faults.truncatedJson(), 401, 'application/json'],
    ['an empty 200', faults.empty(), 200, 'application/json'],
  ])('answer with %s', async (_, fault, status, type) => {
    as.on('token', 'once', fault);
    const response = await ask();
    expect([response.status, response.headers.get('content-type')]).toEqual([status, type]);
    const text = await response.text();
    expect(() => JSON.parse(text)).toThrow();
  });

  it('change the content type and nothing else', async () => {
    as.on('discovery', 'once', faults.contentType('text/plain'));
    const response = await fetch(`${as.issuer}/.well-known/openid-configuration`);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(await response.json()).toMatchObject({ issuer: as.issuer });
  });

  it('stream 10 MB of valid JSON', async () => {
    as.on('discovery', 'once', faults.hugeJson(10_000_000));
    const text = await (await fetch(`${as.issuer}/.well-known/openid-configuration`)).text();
    expect(text.length).toBeGreaterThan(10_000_000);
    expect(JSON.parse(text)).toMatchObject({ issuer: as.issuer });
  });

  it('send a gzip bomb', async () => {
    as.on('jwks', 'once', faults.gzipBomb(5_000_000));
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    rawHttp(`${as.issuer}/jwks`, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
    const packed = await promise;
    expect(packed.length).toBeLessThan(20_000);
    expect(gunzipSync(packed).length).toBeGreaterThan(5_000_000);
  });

  it('drip a body, for ever if told so', async () => {
    as.on('jwks', 'once', faults.drip(1, { bytes: 200 }));
    expect(await (await fetch(`${as.issuer}/jwks`)).json()).toHaveProperty('keys');
    as.on('jwks', 'once', faults.drip(1, { endless: true }));
    const response = await fetch(`${as.issuer}/jwks`, { signal: AbortSignal.timeout(200) });
    await expect(response.text()).rejects.toThrow();
  });

  it('never answer', async () => {
    as.on('jwks', 'once', faults.never());
    await expect(fetch(`${as.issuer}/jwks`, { signal: AbortSignal.timeout(100) })).rejects.toThrow();
  });

  it('wait before acting', async () => {
    as.on('jwks', 'once', faults.delay(50));
    const before = performance.now();
    await (await fetch(`${as.issuer}/jwks`)).text();
    expect(performance.now() - before).toBeGreaterThanOrEqual(49);
  });

  it.each([302, 307, 308] as const)('redirect with %i', async (status) => {
    let hits = 0;
    const elsewhere = createServer((_, response) => {
      hits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    as.on('token', 'once', faults.redirect('http://127.0.0.1/elsewhere', status));
    const response = await ask();
    expect([response.status, response.headers.get('location')]).toEqual([
      status,
      'http://127.0.0.1/elsewhere',
    ]);
    expect(hits).toBe(0);
    elsewhere.close();
  });

  it('send JSON as it stands and bytes as they are', async () => {
    as.on('token', 'once', faults.jsonText('{"access_token":"a\\r\\nb","__proto__":{"x":1}}'));
    expect(await (await ask()).text()).toContain('__proto__');
    as.on('token', 'once', faults.rawBytes('HTTP/1.1 200 OK\r\nno colon here\r\n\r\n'));
    await expect(ask()).rejects.toThrow();
  });
});

describe('outages', () => {
  it('goDown refuses connections, comeBack keeps port and state', async () => {
    const { members } = await client.signIn();
    await as.goDown();
    await expect(client.refresh(members.refresh_token)).rejects.toMatchObject({
      cause: { code: 'ECONNREFUSED' },
    });
    await as.comeBack();
    expect((await client.refresh(members.refresh_token)).status).toBe(200);
  });

  it('goDown cuts what is under way, also a held request', async () => {
    as.hold('jwks');
    const held = fetch(`${as.issuer}/jwks`).then(
      () => 'answered',
      () => 'cut',
    );
    await expect.poll(() => as.hits('jwks')).toBe(1);
    await as.goDown();
    expect(await held).toBe('cut');
    await as.comeBack();
  });

  it('a clock that is off shows in every token', async () => {
    as.settings.clockOffset = 600;
    const { members } = await client.signIn();
    await expect(client.verifyIdToken(members.id_token)).resolves.toMatchObject({
      payload: { iat: expect.any(Number) },
    });
    const { payload } = await client.verifyIdToken(members.id_token);
    expect(payload.iat).toBeGreaterThan(Date.now() / 1000 + 590);
  });
});
