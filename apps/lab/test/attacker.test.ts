import { expect, test } from 'vitest';
import { labWith, tokenUntil } from './support.ts';

const access = tokenUntil(1_800_000_000);
const stolen = { access_token: access, refresh_token: 'refresh-token-of-the-victim' };
const loot = { tokens: JSON.stringify(stolen) };
const asAlice = () => ({ status: 200, body: '{"claims":{"name":"Alice Example"}}' });

test('BFF-LEAK-01: what arrives is tried at the API, and shown by its beginning alone', async () => {
  const lab = await labWith({ api: ({ headers }) => (headers.authorization ? asAlice() : asNobody()) });
  await lab.asVictim('POST', '/collect', { from: 'storage', scenario: 'single', way: 'storage', loot });
  const { body } = await lab.asBff('GET', '/lab/received');
  expect(JSON.parse(body).records).toEqual([
    {
      id: 1,
      at: '2026-01-01T00:00:00.000Z',
      from: 'storage',
      scenario: 'single',
      finding: {
        what: 'tokens',
        way: 'storage',
        tokens: [
          {
            kind: 'access_token',
            beginning: 'eyJhbG',
            length: access.length,
            usableUntil: '2027-01-15T08:00:00.000Z',
          },
          { kind: 'refresh_token', beginning: 'refres', length: 27, usableUntil: null },
        ],
        answer: { status: 200, name: 'Alice Example' },
      },
    },
  ]);
  expect(body).not.toContain(stolen.refresh_token);
  expect(body).not.toContain(access);
});

test('a token in the header of a call that was overheard counts, and one that the API refuses says so', async () => {
  const lab = await labWith({});
  const overheard = [`Bearer ${access}`, '{"claims":{}}'];
  await lab.asVictim('POST', '/collect', {
    from: 'memory',
    scenario: 'single',
    way: 'overheard',
    loot: overheard,
  });
  expect(await lab.records()).toMatchObject([
    { from: 'memory', finding: { tokens: [{ kind: 'access_token' }], answer: { status: 401, name: null } } },
  ]);
});

test('where script can read no token, that is the finding, and there is nothing to use later', async () => {
  const lab = await labWith({});
  const message = { from: 'coatcheck', scenario: 'logout', way: 'page', loot: [{ cookie: '' }] };
  await lab.asVictim('GET', `/collect?${new URLSearchParams({ loot: JSON.stringify(message) })}`);
  await lab.asBff('POST', '/lab/use', { from: 'coatcheck', scenario: 'logout' });
  expect(await lab.records()).toMatchObject([
    { finding: { what: 'nothing', readable: 15 } },
    { finding: { what: 'no-loot' } },
  ]);
});

test('data of the victim is data, not a token', async () => {
  const lab = await labWith({});
  const data = { claims: { name: 'Alice Example', email: 'alice@example.test' } };
  await lab.asVictim('POST', '/collect', {
    from: 'coatcheck',
    scenario: 'proxy',
    way: 'call',
    loot: [],
    data,
  });
  expect(await lab.records()).toMatchObject([
    { finding: { what: 'nothing' } },
    { finding: { what: 'data', name: 'Alice Example', email: 'alice@example.test' } },
  ]);
});

test('a stolen refresh token brings new ones, each time the newest is used, until the provider refuses', async () => {
  const used: (string | null)[] = [];
  const lab = await labWith({
    api: asAlice,
    provider(body) {
      used.push(body.get('refresh_token'));
      if (used.length === 3) return { status: 400, body: '{"error":"invalid_grant"}' };
      return {
        status: 200,
        body: JSON.stringify({ access_token: access, refresh_token: `next-${used.length}` }),
      };
    },
  });
  await lab.asVictim('POST', '/collect', { from: 'storage', scenario: 'logout', way: 'renewed', loot });
  for (let time = 0; time < 3; time += 1) {
    await lab.asBff('POST', '/lab/use', { from: 'storage', scenario: 'logout' });
  }
  expect(used).toEqual(['refresh-token-of-the-victim', 'next-1', 'next-2']);
  expect(await lab.records()).toMatchObject([
    { finding: { what: 'tokens' } },
    { finding: { what: 'renewed', answer: { status: 200 } } },
    { finding: { what: 'renewed' } },
    { finding: { what: 'renewal-refused', status: 400, error: 'invalid_grant' } },
  ]);
});

test('a code is tried in the BFF’s name, without its secret', async () => {
  const lab = await labWith({});
  await lab.asVictim('POST', '/collect', { from: 'coatcheck', scenario: 'frame', way: 'page', loot: [] });
  expect(await lab.records()).toMatchObject([
    { finding: { what: 'nothing' } },
    { finding: { what: 'code-refused', status: 401, error: 'invalid_client' } },
  ]);
});

test('the forging page posts to the app that was chosen, and to none that is not of the lab', async () => {
  const lab = await labWith({});
  expect((await lab.asVictim('GET', '/csrf?victim=coatcheck')).body).toContain(
    'action="http://localhost:3000/api/notes"',
  );
  expect((await lab.asVictim('GET', '/csrf?victim=https://example.com')).status).toBe(404);
  await lab.asVictim('POST', '/csrf/sent?victim=memory');
  expect(await lab.records()).toMatchObject([
    { from: 'memory', scenario: 'csrf', finding: { what: 'form-sent' } },
  ]);
});

test('the log is the BFF’s to read: the attacker’s own address has none, and any other host is refused', async () => {
  const lab = await labWith({});
  expect((await lab.asVictim('GET', '/lab/received')).status).toBe(404);
  expect((await lab.asHost('evil.example')).status).toBe(421);
  expect((await lab.asBff('GET', '/collect')).status).toBe(404);
});

test('what is no attack of the lab is kept nowhere, and emptying it takes log and loot', async () => {
  const lab = await labWith({});
  await lab.asVictim('POST', '/collect', { from: 'somebody', scenario: 'single', way: 'storage', loot });
  expect(await lab.records()).toEqual([]);
  await lab.asVictim('POST', '/collect', { from: 'storage', scenario: 'single', way: 'storage', loot });
  await lab.asBff('POST', '/lab/forget');
  await lab.asBff('POST', '/lab/use', { from: 'storage', scenario: 'logout' });
  expect(await lab.records()).toMatchObject([{ finding: { what: 'no-loot' } }]);
});

function asNobody() {
  return { status: 401, body: '{}' };
}
