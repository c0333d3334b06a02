import { invalidToken, type Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { accessTokensOf, claimsOf, refreshes, tokensAt } from '../evidence/tokens.ts';
import { advisory } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

const users = Array.from({ length: 200 }, (_, at) => `user-${String(at).padStart(3, '0')}`);
let rig: Rig;
const jars = new Map<string, Jar>();

beforeAll(async () => {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256' },
    config: { log: { requests: false } },
  });
  for (let at = 0; at < users.length; at += 20) {
    await Promise.all(
      users
        .slice(at, at + 20)
        .map(async (sub) => jars.set(sub, await rig.signedIn({ user: { sub, name: sub } }))),
    );
  }
}, 60_000);
afterAll(() => rig.close());

/** Calls whose token is not about the person that their path names. */
function misled(): string[] {
  const tokens = tokensAt(rig.upstream);
  return rig.upstream.requests.flatMap(({ path }, at) =>
    claimsOf(tokens[at] ?? '').sub === path.split('/')[2] ? [] : [path],
  );
}

advisory(
  [42, 60],
  [],
  'two hundred people whose tokens are all renewed at once get each their own',
  async () => {
    await rig.advance(301);
    rig.as.clearRecords();
    rig.upstream.clearRecords();
    const calls = users.flatMap((sub) => {
      const jar = jars.get(sub) ?? rig.jar();
      return [
        rig.call(jar, `/api/${sub}/a`),
        rig.call(jar, `/api/${sub}/b`),
        jar.fetch(rig.bff.paths.session),
      ];
    });
    const answers = await Promise.all(calls);
    expect(
      answers.filter(({ status }) => status !== 200).map(({ url, status }) => `${url} ${status}`),
    ).toEqual([]);
    const tokens = tokensAt(rig.upstream);
    expect(tokens).toHaveLength(400);
    expect(misled()).toEqual([]);
    for (const [at, sub] of users.entries()) {
      expect(await answers[at * 3 + 2]?.json()).toMatchObject({
        authenticated: true,
        user: { sub, name: sub },
      });
    }
    expect(refreshes(rig.as)).toHaveLength(200);
    expect(new Set(tokens).size).toBe(200);
  },
  60_000,
);

advisory(
  [42, 60],
  [],
  'nor does a call that is sent again with another token get somebody else’s',
  async () => {
    // Old enough to be blamed, and refused all at once: each is renewed and its call sent again.
    await rig.advance(40);
    rig.as.clearRecords();
    rig.upstream.clearRecords();
    const refused = new Set(accessTokensOf(rig.as));
    rig.upstream.on('*', 'always', (exchange, next) =>
      refused.has(String(exchange.request.headers.authorization).replace('Bearer ', ''))
        ? invalidToken()(exchange, next)
        : next(),
    );
    const answers = await Promise.all(
      users.map((sub) => rig.call(jars.get(sub) ?? rig.jar(), `/api/${sub}/again`)),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(rig.upstream.hits()).toBe(400);
    expect(misled()).toEqual([]);
    expect(refreshes(rig.as)).toHaveLength(200);
  },
  60_000,
);
