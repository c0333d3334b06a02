import type { Jar } from '@coatcheck/testing';
import { afterEach, expect } from 'vitest';
import { refreshTokensSent } from '../evidence/tokens.ts';
import { type Connections, startLoad } from '../load/callers.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/*
 * What counts: every call that is made while both instances are restarted one after the other, on a connection that
 * the balancer opened to any of them. The balancer looks at no bytes; where an instance refuses a connection it takes
 * the other. Nothing else is tried again: not a call that was answered with anything but 200, nor one whose connection
 * broke. Access tokens live so short that refreshes go on all the time.
 */
let rig: Rig;
afterEach(() => rig.close());

async function start(config: Record<string, unknown>): Promise<Jar[]> {
  rig = await startRig({
    instances: 2,
    as: { signingAlgorithm: 'ES256', accessTokenLifetime: 5 },
    config: { log: { requests: false }, ...config },
  });
  return Promise.all(Array.from({ length: 6 }, (_, at) => rig.signedIn({ user: { sub: `person-${at}` } })));
}

/** Signs in over and over; resolves to how often that worked. */
async function signInUntil(over: () => boolean): Promise<number> {
  let times = 0;
  for (; !over(); times += 1) await rig.signedIn({ user: { sub: `visitor-${times}` } });
  return times;
}

async function expectNothingLost(
  people: readonly Jar[],
  connections: Connections,
  round: () => Promise<void>,
): Promise<void> {
  const underway = rig.jar();
  const callback = await rig.begin(underway);
  const load = startLoad(rig, people, 6, connections);
  let over = false;
  const signIns = signInUntil(() => over);
  await expect.poll(() => load.served, { timeout: 10_000 }).toBeGreaterThan(50);
  const before = load.served;
  await round().finally(() => {
    over = true;
  });
  const times = await signIns;
  // The load goes on until everybody's token was renewed under it.
  const renewals = () => refreshTokensSent(rig.as).length;
  await expect.poll(renewals, { timeout: 20_000 }).toBeGreaterThanOrEqual(people.length);
  await load.stop();
  console.log(`${connections} connections: ${load.served - before} calls and ${times} sign-ins meanwhile`);

  expect(load.lost).toEqual([]);
  expect(load.served - before).toBeGreaterThan(100);
  expect(times).toBeGreaterThan(0);
  expect((await rig.finish(underway, callback)).status).toBe(303);
  for (const jar of [...people, underway]) {
    expect(await rig.session(jar)).toMatchObject({ authenticated: true });
    expect((await rig.call(jar)).status).toBe(200);
  }
  const sent = refreshTokensSent(rig.as);
  expect(sent.length).toBeGreaterThanOrEqual(people.length);
  expect(sent.filter((token, at) => sent.indexOf(token) !== at)).toEqual([]);
  expect(rig.as.issued().filter(({ grant }) => grant.revoked)).toEqual([]);
  expect(rig.bff.log()).not.toMatch(/"level":(50|60)/);
}

async function restartBoth(): Promise<void> {
  for (const instance of [0, 1]) {
    await rig.bff.restart({}, instance);
    expect(rig.bff.exitCodes).toEqual([undefined, undefined]);
  }
}

requirement(
  'BFF-OPS-03',
  'a rolling restart of two instances under load loses no call, no sign-in and no session',
  async () => {
    const people = await start({});
    await expectNothingLost(people, 'new', restartBoth);
  },
  60_000,
);

requirement(
  'BFF-OPS-03',
  'nor on connections that callers keep, with a delay in which they are told to close them',
  async () => {
    const people = await start({ shutdown: { delay: '1s' } });
    await expectNothingLost(people, 'kept', restartBoth);
  },
  60_000,
);
