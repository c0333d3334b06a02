import type { Jar } from '@coatcheck/testing';
import { afterAll, beforeAll, expect } from 'vitest';
import { claimsOf, refreshes, tokensAt } from '../evidence/tokens.ts';
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

advisory(
  [42, 60],
  [],
  'two hundred people whose tokens are all renewed at once get each their own',
  async () => {
    await rig.advance(301);
    rig.as.clearRecords();
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
    const mixed = rig.upstream.requests.filter(({ path }, at) => {
      return claimsOf(tokens[at] ?? '').sub !== path.split('/')[2];
    });
    expect(mixed.map(({ path }) => path)).toEqual([]);
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
