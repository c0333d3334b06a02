import { faults, invalidToken, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { accessTokensOf, refreshes, refreshTokensSent, tokensAt } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { signingAlgorithm: 'ES256' } });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

/** A browser whose access token is good, but old enough to be blamed. */
async function withOldToken(): Promise<Jar> {
  const jar = await rig.signedIn();
  await rig.advance(40);
  rig.as.clearRecords();
  return jar;
}

requirement(
  'BFF-REF-14',
  'a token that the API calls invalid is renewed once, and the call sent once more',
  async () => {
    const jar = await withOldToken();
    rig.upstream.on('*', 'once', invalidToken());
    const answer = await jar.fetch('/api/notes', { method: 'PUT', json: { title: 'kept' } });
    expect(answer.status).toBe(200);
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(new Set(tokensAt(rig.upstream)).size).toBe(2);
    expect(rig.upstream.requests.map(({ method, body }) => `${method} ${body}`)).toEqual(
      Array(2).fill('PUT {"title":"kept"}'),
    );
  },
);

requirement(
  'BFF-REF-14',
  'an API that refuses every token is asked twice at most, and its 401 passes',
  async () => {
    const jar = await withOldToken();
    rig.upstream.on('*', 'always', invalidToken());
    for (let call = 1; call <= 5; call += 1) {
      rig.upstream.clearRecords();
      const answer = await rig.call(jar);
      expect(answer.status).toBe(401);
      expect(await answer.json()).toEqual({ error: 'invalid_token' });
      expect(answer.headers.get('www-authenticate')).toContain('invalid_token');
      expect(answer.headers.has('coatcheck-problem')).toBe(false);
      expect(rig.upstream.hits()).toBeLessThanOrEqual(2);
    }
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  },
);

requirement('BFF-REF-14', 'a body too large to keep is sent once, and the 401 passes', async () => {
  const jar = await withOldToken();
  rig.upstream.on('*', 'always', async (exchange, next) => {
    await exchange.request.received;
    return invalidToken()(exchange, next);
  });
  const answer = await jar.fetch('/api/notes', { method: 'POST', body: Buffer.alloc(300_000, 'x') });
  expect(answer.status).toBe(401);
  expect(rig.upstream.hits()).toBe(1);
  expect(rig.upstream.requests[0]?.bodyLength).toBe(300_000);
});

requirement('BFF-REF-14', 'fifty calls that are refused at once share one refresh', async () => {
  const jar = await withOldToken();
  const old = accessTokensOf(rig.as).at(-1);
  rig.upstream.on('*', 'always', (exchange, next) =>
    exchange.request.headers.authorization === `Bearer ${old}` ? invalidToken()(exchange, next) : next(),
  );
  const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => rig.call(jar, `/api/${at}`)));
  expect(refreshes(rig.as)).toHaveLength(1);
  expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
  for (let at = 0; at < 50; at += 1) expect(rig.upstream.hits(`/api/${at}`)).toBeLessThanOrEqual(2);
});

requirement('BFF-REF-14', 'a 401 for another reason costs no refresh and is not asked twice', async () => {
  const jar = await withOldToken();
  for (const challenge of [
    'Bearer',
    'Bearer error="insufficient_scope"',
    'Bearer realm="error=invalid_token"',
  ]) {
    rig.upstream.on('*', 'once', faults.status(401, '', { 'www-authenticate': challenge }));
    expect((await rig.call(jar)).status).toBe(401);
  }
  rig.upstream.on('*', 'once', faults.error('invalid_token', 403));
  expect((await rig.call(jar)).status).toBe(403);
  expect(refreshes(rig.as)).toEqual([]);
  expect(rig.upstream.hits()).toBe(4);
});

requirement('BFF-REF-14', 'a token too young to blame is neither renewed nor sent again', async () => {
  const jar = await rig.signedIn();
  rig.upstream.on('*', 'always', invalidToken());
  expect((await jar.fetch('/api/notes', { method: 'POST', json: {} })).status).toBe(401);
  expect(refreshes(rig.as)).toEqual([]);
  expect(rig.upstream.hits()).toBe(1);
});

requirement(
  'BFF-REF-14',
  'where the renewal is refused the session ends, where it fails it stays',
  async () => {
    const lasting = await withOldToken();
    rig.upstream.on('*', 'always', invalidToken());
    rig.as.on('token', 'once', faults.status(503));
    const unavailable = await rig.call(lasting);
    expect([401, 503]).toContain(unavailable.status);
    expect(rig.upstream.hits()).toBeLessThanOrEqual(2);
    expect(await rig.session(lasting)).toMatchObject({ authenticated: true });
    const ended = await withOldToken();
    rig.as.revokeGrants();
    const refused = await rig.call(ended);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
    expect(refreshTokensSent(rig.as)).toHaveLength(1);
  },
);
