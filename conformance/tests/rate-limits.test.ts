import type { JarResponse } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { advisory, requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const most = { login: 5, callback: 7, session: 20, providerLogout: 4 };
/** Two instances, and the test as the proxy in front, which says whose calls it brings. */
const config = {
  trustedProxies: ['127.0.0.1', '::1'],
  limits: Object.fromEntries(Object.entries(most).map(([name, max]) => [name, { max }])),
};

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ instances: 2, config });
});
afterAll(() => rig.close());

let addresses = 0;
/** One that nothing was counted for yet. */
function newAddress(): string {
  addresses += 1;
  return `198.51.100.${addresses}`;
}

type Ask = (address: string, at?: Rig) => Promise<JarResponse>;

const asks = {
  login: (address, at = rig) =>
    at.jar().navigate(at.bff.paths.login, { site: 'same-origin', headers: { 'x-forwarded-for': address } }),
  callback: (address, at = rig) =>
    at.jar().navigate(`${at.bff.paths.callback('main')}?code=x&state=y`, {
      site: 'cross-site',
      headers: { 'x-forwarded-for': address },
    }),
  session: (address, at = rig) =>
    at.jar().fetch(at.bff.paths.session, { headers: { 'x-forwarded-for': address } }),
  providerLogout: (address, at = rig) =>
    at.jar().request(at.bff.paths.backchannelLogout('main'), {
      method: 'POST',
      headers: { 'x-forwarded-for': address },
      body: new URLSearchParams({ logout_token: 'x' }),
    }),
} satisfies Record<keyof typeof most, Ask>;

/** How many calls out of so many were not refused for their number. */
async function passed(ask: () => Promise<JarResponse>, calls: number): Promise<number> {
  let count = 0;
  for (let call = 0; call < calls; call += 1) if ((await ask()).status !== 429) count += 1;
  return count;
}

for (const name of ['login', 'callback', 'providerLogout', 'session'] as const) {
  requirement(
    'BFF-OPS-04',
    `a burst at ${name} is stopped over all instances, others go on, and later so does it`,
    async () => {
      const address = newAddress();
      expect(await passed(() => asks[name](address), most[name] + 5)).toBe(most[name]);
      const refused = await asks[name](address);
      expect(refused.status).toBe(429);
      const wait = Number(refused.headers.get('retry-after'));
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThanOrEqual(60);
      expect(await passed(() => asks[name](newAddress()), 1)).toBe(1);
      await rig.advance(wait);
      expect(await passed(() => asks[name](address), 1)).toBe(1);
    },
  );
}

requirement('BFF-OPS-04', 'who navigates is told by a page, a script by problem details', async () => {
  const address = newAddress();
  await passed(() => asks.login(address), most.login);
  const page = await asks.login(address);
  expect(page.headers.get('content-type')).toContain('text/html');
  await passed(() => asks.providerLogout(address), most.providerLogout);
  const problem = await asks.providerLogout(address);
  expect(problem.headers.get('content-type')).toContain('application/problem+json');
});

requirement('BFF-OPS-04', 'a session has a limit of its own, from wherever it calls', async () => {
  const [jar, other] = [await rig.signedIn(), await rig.signedIn()];
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  expect(await passed(() => jar.fetch(rig.bff.paths.session, from(newAddress())), 30)).toBe(most.session);
  expect((await rig.call(jar)).status).toBe(200);
  expect((await other.fetch(rig.bff.paths.session)).status).toBe(200);
});

requirement(['BFF-OPS-04', 'BFF-LEAK-09'], 'the store holds counts, and no address', async () => {
  await asks.login('203.0.113.77');
  const bytes = Buffer.concat(await rig.bff.store.contents()).toString('latin1');
  expect(bytes).toContain('login:');
  expect(bytes).not.toContain('203.0.113.77');
});

requirement(
  'BFF-OPS-04',
  'without its store each instance counts alone: nobody is locked out, and nothing is wide open',
  async () => {
    const alone = await startRig({ instances: 2, storeCanFail: true, config });
    try {
      alone.bff.store.faults.cut();
      const count = await passed(() => asks.login('198.51.100.1', alone), 4 * most.login);
      expect(count).toBeGreaterThanOrEqual(most.login);
      expect(count).toBeLessThanOrEqual(2 * most.login);
    } finally {
      await alone.close();
    }
  },
);

/** Other ways to write the path of the sign-in. */
const spellings = (login: string) => [
  `/${login}`,
  `/${login}/`,
  `${login}/`,
  login.replace('/login', '//login'),
  login.replace('/login', '/./login'),
  `/x/..${login}`,
  `/x/%2e%2e${login}`,
  login.replace('/login', '/LOGIN'),
  login.replace('/login', '/%6cogin'),
  login.replace('/login', '%2flogin'),
  login.replace('/login', '\\login'),
  `${login};a=b`,
  `${login}%00`,
  `${login}?a=%00`,
];

advisory(57, 'BFF-OPS-04', 'no spelling of the path has a limit of its own', async () => {
  for (const spelling of spellings(rig.bff.paths.login)) {
    const address = newAddress();
    const answers: JarResponse[] = [];
    for (let call = 0; call < most.login + 3; call += 1) {
      const headers = { 'x-forwarded-for': address };
      answers.push(await rig.jar().navigate(spelling, { site: 'same-origin', headers }));
      answers.push(await asks.login(address));
    }
    const started = answers.filter(({ status }) => status === 302);
    expect(started.length, spelling).toBeLessThanOrEqual(most.login);
    const other = answers.filter(({ status }) => ![302, 400, 404, 429].includes(status));
    expect(
      other.map(({ status }) => status),
      spelling,
    ).toEqual([]);
  }
});

/** Several clients each, that are one: by their /64, or by another spelling. */
const aliases = [
  [
    '2001:db8:1:2::1',
    '2001:db8:1:2::2',
    '2001:0DB8:0001:0002:ffff:ffff:ffff:ffff',
    '2001:db8:1:2:0:0:192.0.2.1',
  ],
  ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:C000:0201', '[::ffff:192.0.2.1]:4711'],
];

advisory(58, 'BFF-OPS-04', 'addresses of one /64, and spellings of one address, count together', async () => {
  for (const group of aliases) {
    let turn = 0;
    const inTurn = () => asks.login(group[turn++ % group.length] ?? '');
    expect(await passed(inTurn, 4 * most.login), group.join(' ')).toBe(most.login);
  }
  for (const other of ['2001:db8:1:3::1', '192.0.2.2', '::ffff:192.0.2.3'])
    expect(await passed(() => asks.login(other), 1), other).toBe(1);
});

advisory(58, 'BFF-OPS-04', 'an address that a client claims for itself counts for nothing', async () => {
  let claimed = 0;
  const address = newAddress();
  const count = await passed(() => {
    claimed += 1;
    return asks.login(`203.0.113.${claimed}, ${address}`);
  }, 4 * most.login);
  expect(count).toBe(most.login);
});
