import { faults, forge, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { newestRefreshToken } from '../endings/logout-token.ts';
import { accessTokensOf, refreshes, refreshTokensSent, tokensAt } from '../evidence/tokens.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Seconds. */
const life = 300;
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ as: { accessTokenLifetime: life, signingAlgorithm: 'ES256' } });
});
afterEach(() => {
  rig.as.settings.refreshTokens = 'rotate';
  rig.as.settings.idTokenOnRefresh = true;
  rig.reset();
});
afterAll(() => rig.close());

/** A browser signed in, whose access token has so many seconds left. */
async function withSecondsLeft(seconds: number): Promise<Jar> {
  const jar = await rig.signedIn();
  await rig.advance(life - seconds);
  rig.as.clearRecords();
  return jar;
}

const newest = () => accessTokensOf(rig.as).at(-1);

requirement(
  'BFF-REF-01',
  'a dead access token is renewed first, and the browser sees nothing of it',
  async () => {
    const jar = await withSecondsLeft(-1);
    const [ticket, old] = [jar.cookie(rig.bff.cookies.ticket), newest()];
    const answer = await jar.fetch('/api/notes', { method: 'POST', json: { title: 'x' } });
    expect(answer.status).toBe(200);
    expect(answer.setCookies).toEqual([]);
    expect(jar.cookie(rig.bff.cookies.ticket)).toBe(ticket);
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(tokensAt(rig.upstream)).toEqual([newest()]);
    expect(newest()).not.toBe(old);
    expect(rig.upstream.requests[0]?.body.toString()).toBe('{"title":"x"}');
  },
);

requirement(
  'BFF-REF-02',
  'with ten seconds left it is renewed ahead, with five minutes it is not',
  async () => {
    const late = await withSecondsLeft(10);
    expect((await rig.call(late)).status).toBe(200);
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(tokensAt(rig.upstream)).toEqual([newest()]);
    const early = await withSecondsLeft(life);
    expect((await rig.call(early)).status).toBe(200);
    expect(refreshes(rig.as)).toHaveLength(0);
  },
);

requirement('BFF-REF-02', 'where renewing ahead fails, the token that still lives is sent', async () => {
  for (const fault of [faults.status(500), faults.status(503), faults.html(), faults.reset()]) {
    const jar = await withSecondsLeft(10);
    const old = newest();
    const stop = rig.as.on('token', 'always', fault);
    rig.upstream.clearRecords();
    expect((await rig.call(jar)).status, String(fault)).toBe(200);
    expect(tokensAt(rig.upstream)).toEqual([old]);
    stop();
  }
});

requirement('BFF-REF-05', 'twenty refreshes in a row never send a rotated token again', async () => {
  const jar = await withSecondsLeft(0);
  for (let round = 0; round < 20; round += 1) {
    expect((await rig.call(jar)).status, `round ${round}`).toBe(200);
    await rig.advance(life + 1);
  }
  const sent = refreshTokensSent(rig.as);
  expect(sent).toHaveLength(20);
  expect(new Set(sent).size).toBe(20);
  expect(await rig.session(jar)).toMatchObject({ authenticated: true });
});

requirement('BFF-REF-06', 'a refresh token that is not replaced stays in use', async () => {
  rig.as.settings.refreshTokens = 'keep';
  const jar = await withSecondsLeft(0);
  for (let round = 0; round < 3; round += 1) {
    expect((await rig.call(jar)).status).toBe(200);
    await rig.advance(life + 1);
  }
  expect(refreshTokensSent(rig.as)).toHaveLength(3);
  expect(new Set(refreshTokensSent(rig.as)).size).toBe(1);
});

requirement('BFF-REF-07', 'answers that come late and out of order undo nothing', async () => {
  const jar = await withSecondsLeft(60);
  const [old, refreshToken] = [newest(), newestRefreshToken(rig.as)];
  const delays = [3_000, 10, 900, 300, 50];
  delays.forEach((ms, at) => {
    rig.upstream.on(`/api/${at}`, 'always', faults.delay(ms));
  });
  const before = delays.map((_, at) => rig.call(jar, `/api/${at}`));
  await expect.poll(() => rig.upstream.hits()).toBe(delays.length);
  await rig.advance(61);
  const after = delays.map((_, at) => rig.call(jar, `/api/${at}`));
  const answers = await Promise.all([...before, ...after]);
  expect(refreshTokensSent(rig.as)).toEqual([refreshToken]);
  const [straddling, later] = [tokensAt(rig.upstream).slice(0, 5), tokensAt(rig.upstream).slice(5)];
  expect(straddling).toEqual(Array(5).fill(old));
  expect(new Set(later).size).toBe(1);
  expect(later).not.toContain(old);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  // Tokens are no part of any cookie, so no answer can bring an old one back: whatever the order, there is nothing.
  expect(answers.flatMap(({ setCookies }) => setCookies)).toEqual([]);
  await rig.advance(life + 1);
  expect((await rig.call(jar)).status).toBe(200);
  const sent = refreshTokensSent(rig.as);
  expect(new Set(sent).size).toBe(sent.length);
});

requirement(
  'BFF-REF-15',
  'a refresh without an ID token, or with one about the same person, is fine',
  async () => {
    const jar = await withSecondsLeft(0);
    expect((await rig.call(jar)).status).toBe(200);
    rig.as.settings.idTokenOnRefresh = false;
    await rig.advance(life + 1);
    expect((await rig.call(jar)).status).toBe(200);
  },
);

for (const [what, claims] of Object.entries({
  'another sub': { sub: 'mallory' },
  'another iss': { iss: 'https://evil.test' },
  'another aud': { aud: 'someone-else' },
  'another aud besides': { aud: ['coatcheck-test', 'someone-else'] },
  'another azp': { azp: 'someone-else' },
  'another auth_time': { auth_time: 1_700_000_000 },
  'no sub': { sub: undefined },
})) {
  requirement('BFF-REF-15', `an ID token of ${what} with a refresh ends the session`, async () => {
    const jar = await withSecondsLeft(0);
    rig.as.change('idToken', 'once', forge.claims(claims));
    const refused = await rig.call(jar);
    expect(rig.upstream.hits()).toBe(0);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ code: 'session_required', reason: 'refused' });
    expect(await rig.session(rig.bff.jar(jar))).toMatchObject({ authenticated: false });
    expect(refreshes(rig.as)).toHaveLength(1);
  });
}

requirement(
  'BFF-REF-15',
  'tokens that came with an ID token that is not signed properly are never used',
  async () => {
    for (const forgery of [
      forge.badSignature(),
      forge.algNone(),
      forge.foreignKey(),
      forge.hs256('client-secret'),
    ]) {
      const jar = await withSecondsLeft(0);
      rig.as.change('idToken', 'once', forgery);
      await rig.call(jar);
      const forged = newest();
      // Whatever the session is now, it is that for good: signed in with good tokens, or not at all.
      await rig.advance(60);
      const answer = await rig.call(jar);
      expect([200, 401]).toContain(answer.status);
      expect(tokensAt(rig.upstream)).not.toContain(forged);
      rig.upstream.clearRecords();
    }
  },
);

// The last one: the request that hangs is made once more when its time is over.
requirement(
  'BFF-REF-02',
  'where renewing ahead hangs, the token that still lives is sent meanwhile',
  async () => {
    const jar = await withSecondsLeft(10);
    const old = newest();
    rig.as.on('token', 'always', faults.never());
    expect((await rig.call(jar)).status).toBe(200);
    expect(refreshes(rig.as)).toHaveLength(1);
    expect(tokensAt(rig.upstream)).toEqual([old]);
  },
);
