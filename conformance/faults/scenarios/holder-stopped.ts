import { expect } from 'vitest';
import { others, type Person, type Reply } from '../calls.ts';
import { type Fleet, leaseLife, requestTimeout, slack, victim } from '../fleet.ts';
import { callAll, expectHealthy, expectRefused, expectServed, inWords, outcomesOf } from '../outcomes.ts';
import { scriptProvider } from '../provider-script.ts';
import type { Tally } from '../tally.ts';

/**
 * The process that refreshes stands still past its leases, and goes on when others have long refreshed: it sends no old
 * token and overwrites nothing. It stops while the server has not acted, and while the answer lies in its socket;
 * without a grace also before it sends, with one also while its commit is on its way, which then reaches the store after
 * those of others.
 *
 * @param grace seconds in which the provider forgives the reuse of a rotated token
 */
export async function holderStopped(fleet: Fleet, tally: Tally, grace: number): Promise<void> {
  const { rig, ledger, store } = fleet;
  rig.as.settings.reuseGracePeriod = grace;
  const name = grace > 0 ? 'stopped-grace' : 'stopped';
  const wire = store.server?.wire;
  const [asked, rotated] = [await fleet.people(`${name}-asked`, 2), await fleet.people(`${name}-rotated`, 2)];
  const unsent = await fleet.people(`${name}-unsent`, wire && grace === 0 ? 1 : 0);
  const committing = await fleet.people(`${name}-committing`, wire && grace > 0 ? 1 : 0);
  const everybody = [...asked, ...rotated, ...committing, ...unsent];
  expectServed(await callAll(fleet, everybody), 'before the fault');
  await fleet.expire();
  tally.due += everybody.length;

  const script = scriptProvider(rig.as);
  const late: Promise<Reply>[] = [];
  const callVictim = (people: readonly Person[]) =>
    late.push(...people.map((person) => fleet.call(victim, person)));
  const before = asked.map(({ sub }) => script.hold(sub, 'before'));
  const after = rotated.map(({ sub }) => script.hold(sub, 'after'));
  const answers = committing.map(({ sub }) => script.hold(sub, 'after'));
  callVictim([...asked, ...rotated, ...committing]);
  await Promise.all([...before, ...after, ...answers].map(({ arrived }) => arrived));
  const trap = wire && fleet.link()?.trap(unsent.length > 0 ? wire.attempt : wire.commit);
  callVictim(unsent);
  for (const answer of answers) answer.release();
  await trap?.caught;
  fleet.signal(victim, 'SIGSTOP');
  for (const answer of after) answer.release();
  // What it was about to tell the store is told: it may believe that it still has the lease.
  if (unsent.length > 0) trap?.release();

  const [survivors, lost] = grace > 0 ? [everybody, []] : [[...asked, ...unsent], rotated];
  tally.extra += asked.length + rotated.length + committing.length;
  tally.unavoidable += lost.length;
  const outcomes = await callAll(fleet, everybody, others(victim));
  tally.lost += outcomes.filter(({ replies }) => replies.some(({ status }) => status === 401)).length;
  expectServed(outcomesOf(outcomes, survivors), 'in time', leaseLife + slack);
  expectRefused(outcomesOf(outcomes, lost), 'rotated by a silent process', 2 * leaseLife + slack);
  const sent = ledger.totals().refreshes;

  trap?.release();
  for (const held of before) held.drop();
  fleet.signal(victim, 'SIGCONT');
  const replies = await Promise.all(late);
  script.stop();
  expect(ledger.totals().refreshes - sent, 'sent after the pause').toBe(0);
  expectServed(await callAll(fleet, survivors), 'after the pause');
  expectRefused(await callAll(fleet, lost), 'after the pause');
  await expectHealthy(fleet, tally, survivors);
  const seen = (people: readonly Person[]) => people.map(({ sub }) => ledger.refreshesOf(sub).length);
  // Each once at the first expiry, the silent ones once more, and all once at the next expiry.
  expect(seen(survivors)).toEqual(survivors.map((person) => (unsent.includes(person) ? 2 : 3)));
  const wrong = everybody.flatMap((person, at) => {
    const reply = replies[at];
    const isToldToComeBack = reply?.status === 503 && reply.retryAfter > 0 && !reply.signsOut;
    const isRight = isToldToComeBack || reply?.status === (lost.includes(person) ? 401 : 200);
    return reply && !isRight ? [`${person.sub}: ${inWords(reply)}`] : [];
  });
  expect(wrong, 'calls that waited in the process').toEqual([]);
  expect(seen(lost), 'one silent holder means one more refresh').toEqual(lost.map(() => 2));
}

/** The process stands still for less than its lease, with the answer in its socket: it uses that answer. */
export async function holderStoppedBriefly(fleet: Fleet, tally: Tally): Promise<void> {
  const { rig, ledger } = fleet;
  const people = await fleet.people('briefly', 5);
  await fleet.expire();
  tally.due += people.length;
  const script = scriptProvider(rig.as);
  const held = people.map(({ sub }) => script.hold(sub, 'after'));
  const calls = people.map((person) => fleet.call(victim, person));
  await Promise.all(held.map(({ arrived }) => arrived));
  fleet.signal(victim, 'SIGSTOP');
  for (const one of held) one.release();
  const stoppedAt = performance.now();
  // Longer than the provider's longest answer.
  await expect
    .poll(() => performance.now() - stoppedAt, { timeout: 5_000 })
    .toBeGreaterThan(requestTimeout + 500);
  fleet.signal(victim, 'SIGCONT');
  const replies = await Promise.all(calls);
  script.stop();
  tally.lost += replies.filter(({ status }) => status === 401).length;
  expect(replies.map(inWords)).toEqual(people.map(() => '200'));
  for (const { sub } of people) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
  await expectHealthy(fleet, tally, people);
}
