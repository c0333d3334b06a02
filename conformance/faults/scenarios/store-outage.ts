import { expect } from 'vitest';
import { type Instance, instances, type Person, type Reply } from '../calls.ts';
import { type Fleet, leaseLife, slack } from '../fleet.ts';
import { callAll, expectHealthy, expectServed, inWords } from '../outcomes.ts';
import { type Held, scriptProvider } from '../provider-script.ts';
import type { Tally } from '../tally.ts';

/** How soon everybody is served again once the store is back, unless a dead holder's lease is in the way. Milliseconds. */
const recovery = leaseLife + slack;

/** The store answers nothing for a while, also to those who have new tokens to store, and then goes on. */
export async function storePaused(fleet: Fleet, tally: Tally): Promise<void> {
  const { ledger, store } = fleet;
  const [stale, storing] = [await fleet.people('paused-stale', 4), await fleet.people('paused-storing', 3)];
  await fleet.expire();
  tally.due += stale.length + storing.length;
  const fresh = await fleet.people('paused-fresh', 4);
  expectServed(await callAll(fleet, fresh), 'before the pause');

  const { calls, answers } = await answersHeld(fleet, storing);
  store.pause();
  for (const answer of answers) answer.release();
  const told: Reply[] = [];
  if (store.server) {
    // What is cached counts for a second; then nobody is served.
    const untilTold = async (person: Person, at: number) => {
      do told.push(await fleet.call(instances[at] ?? 0, person));
      while (told.at(-1)?.status === 200);
    };
    await Promise.all(fresh.map(untilTold));
  } else expectServed(await callAll(fleet, fresh), 'those who only read a locked file');
  told.push(...(await Promise.all(stale.map((person, at) => fleet.call(instances[at] ?? 0, person)))));
  store.resume();

  await untilServed(fleet, [...fresh, ...stale, ...storing]);
  expectNobodyOut(tally, [...told, ...(await Promise.all(calls))]);
  for (const { sub } of [...stale, ...storing]) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
  await expectHealthy(fleet, tally, [...fresh, ...stale, ...storing]);
}

/** The store is away for longer than leases live: whoever has new tokens keeps them until it is back. */
export async function storeAwayForLong(fleet: Fleet, tally: Tally): Promise<void> {
  const { ledger, store } = fleet;
  const people = await fleet.people('long', 3);
  await fleet.expire();
  tally.due += people.length;
  const { calls, answers } = await answersHeld(fleet, people);
  const untilLeasesAreOver = async () => {
    // Else the machine was so slow that they have given up, and there is nothing to keep.
    for (const { sub } of people) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
    for (const answer of answers) answer.release();
    const awaySince = performance.now();
    await expect
      .poll(() => performance.now() - awaySince, { timeout: 2 * leaseLife, interval: 100 })
      .toBeGreaterThan(leaseLife + 1_000);
  };
  if (store.server) await store.server.restart('SIGKILL', untilLeasesAreOver);
  else {
    store.pause();
    await untilLeasesAreOver();
    store.resume();
  }

  await untilServed(fleet, people);
  expectNobodyOut(tally, await Promise.all(calls));
  for (const { sub } of people) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
  await expectHealthy(fleet, tally, people);
}

/** The store ends and comes back while tokens run out and everybody keeps calling. */
export async function storeRestarted(fleet: Fleet, tally: Tally, how: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const { ledger, store } = fleet;
  const people = await fleet.people(`restarted-${how.toLowerCase()}`, 6);
  expectServed(await callAll(fleet, people), 'before the restart');
  await fleet.expire();
  tally.due += people.length;
  const replies: Reply[] = [];
  let isBack = false;
  const calling = people.flatMap((person) =>
    instances.map(async (instance) => {
      do replies.push(await fleet.call(instance, person));
      while (!isBack);
    }),
  );
  await store.server?.restart(how);
  isBack = true;
  await Promise.all(calling);

  await untilServed(fleet, people);
  expectNobodyOut(tally, replies);
  for (const { sub } of people) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
  await expectHealthy(fleet, tally, people);
}

/** Three instances have each asked for new tokens, and the answers are about to come. */
async function answersHeld(
  fleet: Fleet,
  people: readonly Person[],
): Promise<{ calls: Promise<Reply>[]; answers: Held[] }> {
  const script = scriptProvider(fleet.rig.as);
  const answers = people.map(({ sub }) => script.hold(sub, 'after'));
  const calls = people.map((person, at) => fleet.call(instances[at + 1] ?? 1, person));
  await Promise.all(answers.map(({ arrived }) => arrived));
  return { calls, answers };
}

/** All were served, or told to come back. */
function expectNobodyOut(tally: Tally, replies: readonly Reply[]): void {
  tally.lost += replies.filter(({ signsOut }) => signsOut).length;
  expect(replies.filter((reply) => !isServedOrTold(reply)).map(inWords)).toEqual([]);
}

function isServedOrTold(reply: Reply): boolean {
  const words = inWords(reply);
  return words === '200' || (words === '503 store_unavailable' && reply.retryAfter > 0);
}

/** Until every person is served through every instance; meanwhile nobody is told anything but to come back. */
async function untilServed(fleet: Fleet, people: readonly Person[]): Promise<void> {
  const deadline = performance.now() + recovery;
  const lanes = people.flatMap((person) => instances.map((instance) => ({ person, instance })));
  await Promise.all(lanes.map(({ person, instance }) => untilOneServed(fleet, person, instance, deadline)));
}

async function untilOneServed(
  fleet: Fleet,
  person: Person,
  instance: Instance,
  deadline: number,
): Promise<void> {
  for (;;) {
    const reply = await fleet.call(instance, person);
    if (!isServedOrTold(reply)) expect(inWords(reply), `${person.sub} through ${instance}`).toBe('200');
    if (reply.status === 200) return;
    expect(performance.now(), `${person.sub} is not served again`).toBeLessThan(deadline);
  }
}
