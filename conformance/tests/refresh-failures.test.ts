import { type Exchange, faults, type Handler, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { refreshes, refreshTokensSent } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { signingAlgorithm: 'ES256' },
    provider: { config: { requestTimeout: '1s' } },
  });
});
afterEach(async () => {
  rig.as.settings.reuseGracePeriod = 0;
  await rig.as.comeBack();
  rig.reset();
});
afterAll(() => rig.close());

async function expired(): Promise<Jar> {
  const jar = await rig.signedIn();
  await rig.advance(301);
  rig.as.clearRecords();
  return jar;
}

/** The call failed for now: the person is still signed in, and was told when to try again. @returns in seconds */
async function expectUnavailable(jar: Jar): Promise<number> {
  const answer = await rig.call(jar);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('coatcheck-problem')).toBe('refresh_unavailable');
  const retryAfter = Number(answer.headers.get('retry-after'));
  expect(retryAfter).toBeGreaterThan(0);
  expect(answer.setCookies).toEqual([]);
  expect(rig.upstream.hits()).toBe(0);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
  return retryAfter;
}

/** What BFF-REF-08 calls `reauth_required` is `session_required` here, with a reason that says whose word it was. */
async function expectEnded(jar: Jar): Promise<void> {
  const answer = await rig.call(jar.clone());
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
  const view = await jar.fetch(rig.bff.paths.session);
  expect(await view.json()).toEqual({ authenticated: false, reason: 'refused' });
  expect(jar.cookie(rig.bff.cookies.ticket)).toBeUndefined();
}

const notActedOn: Record<string, Handler<Exchange>> = {
  'with 500': faults.status(500),
  'with 503': faults.status(503, '', { 'retry-after': '7' }),
  'with 429': faults.status(429),
  'with an error member and 503': faults.error('temporarily_unavailable', 503),
  'with an error member and 500': faults.error('server_error', 500),
  'with server_error and 400': faults.error('server_error', 400),
  'with invalid_client': faults.error('invalid_client', 401),
  'with HTML': faults.html(200),
  'with HTML and 400': faults.html(400),
  'with invalid JSON': faults.invalidJson(),
  'with nothing': faults.empty(),
  'with a redirect': faults.redirect('https://evil.test/', 307),
  'with half a line': faults.rawBytes('HTTP/1.1 2'),
  'by closing the connection': faults.reset(),
  never: faults.never(),
};

for (const [how, fault] of Object.entries(notActedOn)) {
  requirement('BFF-REF-09', `a provider that answers ${how} logs nobody out`, async () => {
    const jar = await expired();
    const stop = rig.as.on('token', 'always', fault);
    const retryAfter = await expectUnavailable(jar);
    expect(refreshes(rig.as).length).toBeLessThanOrEqual(2);
    stop();
    await rig.advance(retryAfter);
    expect((await rig.call(jar)).status).toBe(200);
  });
}

requirement('BFF-REF-09', 'a provider that is down logs nobody out', async () => {
  const jar = await expired();
  await rig.as.goDown();
  const retryAfter = await expectUnavailable(jar);
  await rig.as.comeBack();
  await rig.advance(retryAfter);
  expect((await rig.call(jar)).status).toBe(200);
});

const askingForPeace: Record<string, Handler<Exchange>> = {
  'in text': faults.status(503, 'busy', { 'retry-after': '60' }),
  'in JSON': faults.status(429, '{"error":"slow_down"}', {
    'retry-after': '60',
    'content-type': 'application/json',
  }),
};

for (const [how, fault] of Object.entries(askingForPeace)) {
  requirement(
    'BFF-REF-09',
    `a provider that asks for peace ${how} is left in peace for so long`,
    async () => {
      const jar = await expired();
      const stop = rig.as.on('token', 'always', fault);
      for (let call = 0; call < 10; call += 1) await expectUnavailable(jar);
      expect(refreshes(rig.as)).toHaveLength(1);
      await rig.advance(20);
      await expectUnavailable(jar);
      expect(refreshes(rig.as)).toHaveLength(1);
      stop();
      await rig.advance(60);
      expect((await rig.call(jar)).status).toBe(200);
    },
  );
}

const brokenKeys = {
  'answers with 503': faults.status(503),
  'never answers': faults.never(),
  breaks: faults.reset(),
};

for (const [how, fault] of Object.entries(brokenKeys)) {
  requirement(
    'BFF-REF-09',
    `nor does a key set that ${how} cost the tokens that were just issued`,
    async () => {
      const jar = await rig.signedIn();
      // A new process knows no keys yet.
      await rig.bff.restart();
      await rig.advance(301);
      rig.as.clearRecords();
      const stop = rig.as.on('jwks', 'always', fault);
      expect([200, 503]).toContain((await rig.call(jar)).status);
      stop();
      await rig.advance(60);
      expect((await rig.call(jar)).status).toBe(200);
      const sent = refreshTokensSent(rig.as);
      expect(new Set(sent).size).toBe(sent.length);
    },
  );
}

requirement(
  'BFF-REF-08',
  'an answer that is lost after the rotation is asked for once more, and then it is over',
  async () => {
    for (const fault of [faults.loseAnswer(), faults.cutBody()]) {
      const jar = await expired();
      rig.as.on('token', 'once', fault);
      await expectEnded(jar);
      await rig.call(jar);
      expect(refreshTokensSent(rig.as)).toHaveLength(2);
      expect(new Set(refreshTokensSent(rig.as)).size).toBe(1);
      expect(rig.upstream.hits()).toBe(0);
    }
  },
);

requirement('BFF-REF-08', 'where the provider forgives that, nobody notices', async () => {
  rig.as.settings.reuseGracePeriod = 60;
  for (const fault of [faults.loseAnswer(), faults.cutBody()]) {
    const jar = await expired();
    rig.as.on('token', 'once', fault);
    expect((await rig.call(jar)).status).toBe(200);
    await rig.advance(301);
    expect((await rig.call(jar)).status).toBe(200);
    const sent = refreshTokensSent(rig.as);
    expect(sent).toHaveLength(3);
    expect(new Set(sent).size).toBe(2);
  }
});

requirement('BFF-REF-08', 'answers that are lost for ever make no loop', async () => {
  const jar = await expired();
  const stop = rig.as.on('token', 'always', faults.loseAnswer());
  await Promise.all(Array.from({ length: 10 }, () => rig.call(jar)));
  expect(refreshes(rig.as)).toHaveLength(2);
  stop();
  await rig.advance(60);
  await expectEnded(jar);
});

requirement('BFF-REF-10', 'invalid_grant ends the session once, for all who wait', async () => {
  const jar = await expired();
  rig.as.revokeGrants();
  const tabs = Array.from({ length: 20 }, () => jar.clone());
  const answers = await Promise.all(tabs.map((tab) => rig.call(tab)));
  for (const answer of answers) {
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
  }
  expect(tabs.filter((tab) => tab.cookie(rig.bff.cookies.ticket) !== undefined)).toEqual([]);
  await expectEnded(jar);
  for (const tab of tabs) await rig.call(tab);
  expect(refreshes(rig.as)).toHaveLength(1);
  expect(rig.upstream.hits()).toBe(0);
  expect((await rig.finish(jar, await rig.begin(jar))).status).toBe(303);
});

requirement('BFF-REF-10', 'invalid_grant means the same whatever the status', async () => {
  for (const status of [200, 400, 401, 403]) {
    const jar = await expired();
    rig.as.on('token', 'once', faults.error('invalid_grant', status));
    await expectEnded(jar);
    expect(refreshes(rig.as), String(status)).toHaveLength(1);
  }
});
