import { faults, type Jar } from '@coatcheck/testing';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { accessTokensOf, claimsOf, refreshes, refreshTokensSent, tokensAt } from '../evidence/tokens.ts';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/** Seconds. */
const life = 300;
const [notes, files, vault] = ['https://notes.test', 'https://files.test', 'https://vault.test'];
const readNotes = { resource: notes, tokenScopes: ['notes:read'] };
let rig: Rig;
beforeAll(async () => {
  rig = await startRig({
    as: { accessTokenLifetime: life, signingAlgorithm: 'ES256' },
    provider: { config: { scopes: ['openid', 'notes:read', 'notes:write'] } },
    routes: ({ url }) => [
      { prefix: '/notes', upstream: url, config: { resource: notes } },
      { prefix: '/read', upstream: url, config: readNotes },
      { prefix: '/files', upstream: url, config: { resource: files } },
      { prefix: '/vault', upstream: url, config: { resource: vault, tokenExchange: true } },
      { prefix: '/admin', upstream: url, config: { resource: notes, tokenScopes: ['admin'] } },
    ],
  });
});
afterEach(() => rig.reset());
afterAll(() => rig.close());

const exchanges = () =>
  rig.as.requestsOf('token').filter(({ form }) => form.get('grant_type')?.endsWith(':token-exchange'));

async function claimsSeen(jar: Jar, path: string): Promise<Record<string, unknown>> {
  rig.upstream.clearRecords();
  expect((await rig.call(jar, path)).status, path).toBe(200);
  const [token] = tokensAt(rig.upstream);
  return claimsOf(token ?? '');
}

requirement(
  'BFF-ADV-07',
  'each upstream gets a token for its own audience, and of no other scopes',
  async () => {
    const jar = await rig.signedIn();
    expect(rig.as.requestsOf('authorize')[0]?.query.getAll('resource')).toEqual([notes, files]);
    const all = 'openid notes:read notes:write';
    expect(await claimsSeen(jar, '/notes/1')).toMatchObject({ aud: notes, scope: all });
    expect(await claimsSeen(jar, '/files/1')).toMatchObject({ aud: files, scope: all });
    expect(await claimsSeen(jar, '/read/1')).toMatchObject({ aud: notes, scope: 'notes:read' });
    expect(refreshes(rig.as).map(({ form }) => [form.get('resource'), form.get('scope')])).toEqual([
      [files, null],
      [notes, 'notes:read'],
    ]);
    rig.as.clearRecords();
    for (const path of ['/notes/2', '/files/2', '/read/2']) await claimsSeen(jar, path);
    expect(refreshes(rig.as), 'each is kept, with an expiry of its own').toEqual([]);
  },
);

advisory(
  61,
  'BFF-ADV-07',
  'however many tokens run out at once, no refresh token is sent twice',
  async () => {
    const jar = await rig.signedIn();
    for (const path of ['/notes/1', '/files/1', '/read/1']) await claimsSeen(jar, path);
    await rig.advance(life + 1);
    rig.as.clearRecords();
    rig.upstream.clearRecords();
    const paths = Array.from({ length: 30 }, (_, at) => `/${['notes', 'files', 'read'][at % 3]}/${at}`);
    const answers = await Promise.all(paths.map((path) => rig.call(jar, path)));
    expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
    const all = 'openid notes:read notes:write';
    const due = new Map([
      ['notes', `${notes} ${all}`],
      ['files', `${files} ${all}`],
      ['read', `${notes} notes:read`],
    ]);
    for (const [at, { path }] of rig.upstream.requests.entries()) {
      const { aud, scope } = claimsOf(tokensAt(rig.upstream)[at] ?? '');
      expect(`${aud} ${scope}`, path).toBe(due.get(path.split('/')[1] ?? ''));
    }
    expect(rig.upstream.hits()).toBe(30);
    expect(refreshes(rig.as)).toHaveLength(3);
    expect(new Set(refreshTokensSent(rig.as)).size).toBe(3);
  },
);

requirement('BFF-ADV-07', 'a token that the provider denies ends no session', async () => {
  const jar = await rig.signedIn();
  rig.upstream.clearRecords();
  for (let round = 0; round < 2; round += 1) {
    const answer = await rig.call(jar, '/admin/1');
    expect([answer.status, answer.headers.get('coatcheck-problem')]).toEqual([403, 'token_denied']);
  }
  expect(rig.upstream.hits()).toBe(0);
  expect(refreshes(rig.as), 'it is not asked again at once').toHaveLength(1);
  expect(await claimsSeen(jar, '/notes/1')).toMatchObject({ aud: notes });
});

requirement('BFF-ADV-08', 'twenty calls at once cost one exchange, which is kept', async () => {
  const jar = await rig.signedIn();
  rig.upstream.clearRecords();
  const calls = Array.from({ length: 20 }, (_, at) => rig.call(jar, `/vault/${at}`));
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect(exchanges()).toHaveLength(1);
  expect(exchanges()[0]?.form.get('resource')).toBe(vault);
  expect(new Set(tokensAt(rig.upstream)).size).toBe(1);
  expect(await claimsSeen(jar, '/vault/x')).toMatchObject({ aud: vault });
  expect(exchanges()).toHaveLength(1);
  expect(refreshes(rig.as)).toEqual([]);
});

requirement('BFF-ADV-08', 'where the first token is dead it is refreshed first', async () => {
  const jar = await rig.signedIn();
  await claimsSeen(jar, '/vault/1');
  await rig.advance(life + 1);
  rig.as.clearRecords();
  expect(await claimsSeen(jar, '/vault/2')).toMatchObject({ aud: vault });
  expect([refreshes(rig.as).length, exchanges().length]).toEqual([1, 1]);
});

const refusals = { invalid_target: 400, access_denied: 403, invalid_grant: 400 } as const;
for (const [error, status] of Object.entries(refusals)) {
  requirement('BFF-ADV-08', `an exchange that is refused with ${error} fails closed`, async () => {
    const jar = await rig.signedIn();
    rig.upstream.clearRecords();
    rig.as.on('token', 'once', faults.error(error, status));
    const answer = await rig.call(jar, '/vault/1');
    expect([answer.status, answer.headers.get('coatcheck-problem')]).toEqual([403, 'token_denied']);
    expect(rig.upstream.hits(), 'nor is the original token sent instead').toBe(0);
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    expect(accessTokensOf(rig.as).some((token) => rig.bff.log().includes(token))).toBe(false);
  });
}
