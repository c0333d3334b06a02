import type { Jar } from '@coatcheck/testing';
import { afterEach, expect } from 'vitest';
import { refreshTokensSent } from '../evidence/tokens.ts';
import { type Connections, startLoad } from '../load/callers.ts';
import { requirement } from '../requirement.ts';
import { type Rig, startRig } from '../rig.ts';

/*
 * What counts: every call that is made while both instances are restarted one after the other. The balancer does what
 * balancers do: it asks both whether they are ready, opens connections to one that is, and where that one refuses the
 * connection it takes the other. It looks at no bytes, and nothing else is tried again: not a call that was answered
 * with anything but 200, nor one whose connection broke. Access tokens live so short that refreshes go on all the time.
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

/** The same, while the balancer asks every instance over and over whether it is ready. */
async function restartBothProbed(): Promise<void> {
  let over = false;
  const probing = (async () => {
    while (!over) {
      const ready = await Promise.all(rig.bff.managementUrls.map(isReady));
      const [first, second] = ready;
      rig.bff.pin(first === second ? undefined : ready.indexOf(true));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  await restartBoth();
  over = true;
  await probing;
  rig.bff.pin(undefined);
}

async function isReady(managementUrl: string): Promise<boolean> {
  const answer = await fetch(`${managementUrl}/readyz`).catch(() => undefined);
  await answer?.arrayBuffer();
  return answer?.ok ?? false;
}

for (const connections of ['new', 'kept'] as const) {
  requirement(
    'BFF-OPS-03',
    `a rolling restart of two instances under load, on ${connections} connections, loses no call, no sign-in and no session`,
    async () => {
      const people = await start({ shutdown: { delay: '1s' } });
      await expectNothingLost(people, connections, restartBothProbed);
    },
    60_000,
  );
}

requirement(
  'BFF-OPS-03',
  'a rolling restart of two instances of two processes each loses no call, no sign-in and no session',
  async () => {
    const people = await start({ shutdown: { delay: '1s' }, workers: 2 });
    await expectNothingLost(people, 'new', restartBothProbed);
  },
  120_000,
);

requirement(
  'BFF-OPS-03',
  'without delay and probes, no call is lost but on a connection that nobody had read from yet',
  async () => {
    const people = await start({});
    const load = startLoad(rig, people, 6, 'new');
    await expect.poll(() => load.served, { timeout: 10_000 }).toBeGreaterThan(50);
    await restartBoth();
    await load.stop();
    console.log(`no delay: ${load.served} calls, ${load.lost.length} lost`);
    expect(load.lost.filter((one) => !one.startsWith('new: '))).toEqual([]);
    expect(load.lost.length).toBeLessThan(load.served / 100);
    for (const jar of people) expect((await rig.call(jar)).status).toBe(200);
    expect(rig.as.issued().filter(({ grant }) => grant.revoked)).toEqual([]);
  },
  60_000,
);
