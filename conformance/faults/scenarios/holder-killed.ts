import { expect } from 'vitest';
import { others, type Person } from '../calls.ts';
import { type Fleet, leaseLife, slack, victim } from '../fleet.ts';
import { callAll, expectHealthy, expectRefused, expectServed, outcomesOf } from '../outcomes.ts';
import { scriptProvider } from '../provider-script.ts';
import type { Tally } from '../tally.ts';

/** How many of the crowd have asked for new tokens when the process dies. */
const crowdUnderway = 8;

/**
 * The process that refreshes for many people is killed: where it was asked but not acted on, where the provider has
 * rotated, where the new tokens are stored but the call is not answered. With a crowd whose refreshes started one after
 * the other and are anywhere: who of them is lost is known from the provider, which sees a rotated token again.
 */
export async function holderKilled(fleet: Fleet, tally: Tally): Promise<void> {
  const { rig, ledger } = fleet;
  const asked = await fleet.people('killed-asked', 3);
  const rotated = await fleet.people('killed-rotated', 3);
  const stored = await fleet.people('killed-stored', 3);
  const crowd = await fleet.people('killed-crowd', 24);
  const everybody = [...asked, ...rotated, ...stored, ...crowd];
  expectServed(await callAll(fleet, everybody), 'before the fault');
  await fleet.expire();
  tally.due += everybody.length;

  const atUpstream = rig.upstream.hold(/^\/notes\/killed-stored/);
  const inVain = stored.map((person) => fleet.call(victim, person));
  await atUpstream.arrivals(stored.length);
  const script = scriptProvider(rig.as);
  const held = [
    ...asked.map(({ sub }) => script.hold(sub, 'before')),
    ...rotated.map(({ sub }) => script.hold(sub, 'after')),
  ];
  inVain.push(...[...asked, ...rotated].map((person) => fleet.call(victim, person)));
  await Promise.all(held.map(({ arrived }) => arrived));
  const enough = script.arrivals('killed-crowd', crowdUnderway);
  for (const person of crowd) {
    inVain.push(fleet.call(victim, person));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await enough;
  await fleet.kill(victim);
  for (const one of held) one.drop();
  atUpstream.release();
  await Promise.all(inVain);

  const outcomes = await callAll(fleet, everybody, others(victim));
  script.stop();
  const sentAgain = ledger.repeated();
  const isCaught = ({ sub }: Person) => sentAgain.some((one) => one.sub === sub);
  const lost = [...rotated, ...crowd.filter(isCaught)];
  tally.extra += asked.length + lost.length;
  tally.unavoidable += lost.length;
  tally.lost += outcomes.filter(({ replies }) => replies.some(({ status }) => status === 401)).length;
  const survivors = everybody.filter((person) => !lost.includes(person));
  expectServed(outcomesOf(outcomes, survivors), 'not rotated, or stored', leaseLife + slack);
  // Whoever takes over waits a second life, for what the dead one may still store.
  expectRefused(outcomesOf(outcomes, lost), 'rotated by a dead process', 2 * leaseLife + slack);
  for (const { sub } of stored) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
  for (const { sub } of asked) expect(ledger.refreshesOf(sub), sub).toHaveLength(2);

  await expectHealthy(fleet, tally, survivors, others(victim));
  expect(
    sentAgain.filter(({ times }) => times > 2),
    'one dead holder means one more refresh',
  ).toEqual([]);
}

/**
 * The same at a provider with a grace: nobody is lost. Also killed before it sends, where the store has a network; else
 * before the locked file in which it would store.
 *
 * @param grace seconds in which the provider forgives the reuse of a rotated token
 */
export async function holderKilledWithGrace(fleet: Fleet, tally: Tally, grace: number): Promise<void> {
  const { rig, ledger, store } = fleet;
  rig.as.settings.reuseGracePeriod = grace;
  const wire = store.server?.wire;
  const asked = await fleet.people('forgiven-asked', 3);
  const rotated = await fleet.people('forgiven-rotated', 3);
  const unsent = await fleet.people('forgiven-unsent', wire ? 1 : 0);
  const storing = await fleet.people('forgiven-storing', wire ? 0 : 1);
  const everybody = [...asked, ...rotated, ...unsent, ...storing];
  expectServed(await callAll(fleet, everybody), 'before the fault');
  await fleet.expire();
  tally.due += everybody.length;

  const script = scriptProvider(rig.as);
  const held = [
    ...asked.map(({ sub }) => script.hold(sub, 'before')),
    ...rotated.map(({ sub }) => script.hold(sub, 'after')),
  ];
  const answers = storing.map(({ sub }) => script.hold(sub, 'after'));
  const inVain = [...asked, ...rotated, ...storing].map((person) => fleet.call(victim, person));
  await Promise.all([...held, ...answers].map(({ arrived }) => arrived));
  const trap = wire && fleet.link()?.trap(wire.attempt);
  inVain.push(...unsent.map((person) => fleet.call(victim, person)));
  if (!trap) store.pause();
  for (const answer of answers) answer.release();
  await (trap ? trap.caught : fleet.untilStill(victim));
  await fleet.kill(victim);
  store.resume();
  for (const one of held) one.drop();
  await Promise.all(inVain);

  tally.extra += asked.length + rotated.length + storing.length;
  const outcomes = await callAll(fleet, everybody, others(victim));
  script.stop();
  tally.lost += outcomes.filter(({ replies }) => replies.some(({ status }) => status === 401)).length;
  expectServed(outcomes, 'by whoever takes over', leaseLife + slack);
  for (const { sub } of unsent) expect(ledger.refreshesOf(sub), sub).toHaveLength(1);
  for (const { sub } of [...asked, ...rotated, ...storing])
    expect(ledger.refreshesOf(sub), sub).toHaveLength(2);
  await expectHealthy(fleet, tally, everybody, others(victim));
  await fleet.revive(victim);
  expectServed(await callAll(fleet, everybody, [victim]), 'by the new process');
}
